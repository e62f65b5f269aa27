"""A clinic's own picture: uploaded with a draft, chosen again, taken away, and shown to staff of that clinic alone."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.models import ComponentVersion, OwnPicture
from careplans.library.review import submit_for_review
from tests.factories import NOW, make_staff
from tests.make.pictures import SECRET, make_own_picture, picture_file
from tests.make.plans import component_of
from tests.make.written import make_component_draft, typed

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
SHOWN = "A woman lifts her hips"


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def draft(clinic: Clinic, editor: User) -> ComponentVersion:
    return make_component_draft(clinic, editor)


@pytest.fixture
def signed_in(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def path_of(picture: OwnPicture) -> str:
    return reverse("own-picture", args=[picture.pk])


def edit_path(version: ComponentVersion, page: str = "component-edit") -> str:
    return reverse(page, args=[version.component_id, version.number])


def upload(data: bytes | None = None, name: str = "bridge.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_file() if data is None else data)


def sent(version: ComponentVersion, **changes: object) -> dict[str, object]:
    return typed(version) | {"own-file": upload(), "own-alt_en": SHOWN} | changes


def stored(version: ComponentVersion) -> ComponentVersion:
    return ComponentVersion.objects.get(pk=version.pk)


# --- looking at one


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_whoever_reads_the_library_sees_it(
    client_of: ClientOf, clinic: Clinic, editor: User, role: Role
) -> None:
    picture = make_own_picture(clinic, editor)
    response = client_of(role).get(path_of(picture))
    assert response.status_code == 200
    assert Image.open(io.BytesIO(response.content)).size == (600, 400)
    assert SECRET.encode() not in response.content


def test_a_stranger_and_the_front_desk_do_not(client_of: ClientOf, clinic: Clinic, editor: User) -> None:
    picture = make_own_picture(clinic, editor)
    assert Client().get(path_of(picture)).status_code == 302
    assert client_of(Role.FRONT_DESK).get(path_of(picture)).status_code == 403


def test_another_clinics_picture_is_not_there(
    client_of: ClientOf, clinic: Clinic, other_clinic: Clinic, editor: User
) -> None:
    picture = make_own_picture(clinic, editor)
    assert client_of(Role.EDITOR, at=other_clinic).get(path_of(picture)).status_code == 404
    assert client_of(Role.EDITOR).get(reverse("own-picture", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_browser_may_do_nothing_with_it_but_show_it(
    signed_in: Client, clinic: Clinic, editor: User, kind: str, media_type: str
) -> None:
    response = signed_in.get(path_of(make_own_picture(clinic, editor, kind=kind)))
    assert response["Content-Type"] == media_type
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert response["Content-Disposition"].startswith('inline; filename="picture-')
    assert "bridge" not in response["Content-Disposition"]


@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_a_file_that_is_not_as_it_was_kept_is_not_given_out(
    signed_in: Client, clinic: Clinic, editor: User, draft: ComponentVersion, harm: str
) -> None:
    picture = make_own_picture(clinic, editor)
    ComponentVersion.objects.filter(pk=draft.pk).update(own_picture=picture)
    path = Path(picture.file.path)
    path.unlink() if harm == "gone" else path.write_bytes(b"<svg onload='alert(1)'/>")
    assert signed_in.get(path_of(picture)).status_code == 404
    # Pages show the drawn one instead of a hole.
    page = signed_in.get(edit_path(draft, "component-version")).content.decode()
    assert ("pictures/bridge.svg" in page) == (harm == "gone")


# --- with a draft


def test_an_uploaded_picture_becomes_that_of_the_draft(
    signed_in: Client, clinic: Clinic, draft: ComponentVersion
) -> None:
    response = signed_in.post(edit_path(draft), sent(draft, **{"own-alt_es": "Una mujer levanta la cadera"}))
    assert response.status_code == 302
    kept = OwnPicture.objects.get(clinic=clinic)
    assert stored(draft).own_picture == kept
    assert kept.alts == {"en": SHOWN, "es": "Una mujer levanta la cadera"}
    with kept.file.open() as file:
        assert SECRET.encode() not in file.read()
    changed = AuditEvent.objects.get(action="componentversion.edited").details["changed"]
    assert "own_picture_id" in changed
    assert AuditEvent.objects.filter(action="library.picture_uploaded").exists()
    assert stored(draft).revision == draft.revision + 1


def test_it_is_shown_beside_the_form_and_on_the_pages_of_the_version(
    signed_in: Client, draft: ComponentVersion
) -> None:
    signed_in.post(edit_path(draft), sent(draft))
    path = path_of(OwnPicture.objects.get())
    for page in ("component-edit", "component-version"):
        shown = signed_in.get(edit_path(draft, page)).content.decode()
        assert f'<img src="{path}" alt="{SHOWN}">' in shown, page


def test_a_picture_alone_is_a_change(signed_in: Client, draft: ComponentVersion) -> None:
    signed_in.post(edit_path(draft), typed(draft))
    signed_in.post(edit_path(draft), sent(stored(draft)))
    assert stored(draft).own_picture is not None


def test_one_of_the_earlier_ones_is_chosen_and_looked_at_before_it_is_saved(
    signed_in: Client, clinic: Clinic, editor: User, draft: ComponentVersion
) -> None:
    picture = make_own_picture(clinic, editor)
    page = signed_in.get(edit_path(draft)).content.decode()
    assert path_of(picture) in page
    assert 'id="own-picture"' in page  # a notice leads there
    assert "{#" not in page
    form = typed(draft, **{"own-kept": str(picture.pk)})
    assert path_of(picture) in signed_in.post(edit_path(draft, "component-live"), form).content.decode()
    assert stored(draft).own_picture is None
    signed_in.post(edit_path(draft), form)
    assert stored(draft).own_picture == picture


def test_the_drawn_one_can_be_used_again(
    signed_in: Client, clinic: Clinic, editor: User, draft: ComponentVersion
) -> None:
    signed_in.post(edit_path(draft), typed(draft, **{"own-kept": str(make_own_picture(clinic, editor).pk)}))
    signed_in.post(edit_path(draft), typed(stored(draft), **{"own-kept": ""}))
    assert stored(draft).own_picture is None
    assert OwnPicture.objects.filter(clinic=clinic).exists()


def test_another_clinics_picture_cannot_be_chosen(
    signed_in: Client, other_clinic: Clinic, draft: ComponentVersion
) -> None:
    foreign = make_own_picture(other_clinic, make_staff(other_clinic, Role.EDITOR))
    response = signed_in.post(edit_path(draft), typed(draft, **{"own-kept": str(foreign.pk)}))
    assert response.status_code == 422
    assert stored(draft).own_picture is None


def out(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(made, kind)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no PNG and no JPEG"),
        (out("GIF"), "no PNG and no JPEG"),
        (b"%PDF-1.7", "no PNG and no JPEG"),
        (picture_file()[:-300], "damaged"),
        (picture_file(size=(150, 400)), "too small to print"),
        (picture_file("PNG", size=(6000, 4001)), "more than 24 million pixels"),
        (b"\xff\xd8\xff" + b"0" * 5 * 1024 * 1024, "larger than 5 MB"),
    ],
)
def test_what_cannot_be_printed_is_refused_beside_the_field(
    signed_in: Client, draft: ComponentVersion, data: bytes, said: str
) -> None:
    response = signed_in.post(edit_path(draft), sent(draft, **{"own-file": upload(data)}))
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page[page.index('id="id_own-file_error"') :]
    assert "Bridge, held longer" in page
    assert not OwnPicture.objects.exists()
    assert stored(draft).revision == draft.revision


def test_a_picture_without_words_is_refused_and_its_file_asked_for_again(
    signed_in: Client, draft: ComponentVersion
) -> None:
    response = signed_in.post(edit_path(draft), sent(draft, **{"own-alt_en": " "}))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say in a sentence what the picture shows" in page[page.index('id="id_own-alt_en_error"') :]
    assert "Choose the picture&#x27;s file again" in page or "Choose the picture's file again" in page
    assert not OwnPicture.objects.exists()


def test_words_without_a_picture_ask_for_it(signed_in: Client, draft: ComponentVersion) -> None:
    response = signed_in.post(edit_path(draft), typed(draft, **{"own-alt_en": SHOWN}))
    assert response.status_code == 422
    assert "Choose the picture that these words describe." in response.content.decode()


def test_with_a_mistake_elsewhere_no_picture_is_kept(signed_in: Client, draft: ComponentVersion) -> None:
    assert signed_in.post(edit_path(draft), sent(draft, title="")).status_code == 422
    assert not OwnPicture.objects.exists()


def test_whoever_comes_too_late_keeps_no_picture(signed_in: Client, draft: ComponentVersion) -> None:
    signed_in.post(edit_path(draft), typed(draft))
    response = signed_in.post(edit_path(draft), sent(draft, title="Mine"))
    assert response.status_code == 409
    assert "file again" in response.content.decode()
    assert not OwnPicture.objects.exists()


def test_what_is_no_draft_takes_no_picture(signed_in: Client, editor: User, draft: ComponentVersion) -> None:
    submit_for_review(version=draft, by=editor, now=NOW)
    assert signed_in.post(edit_path(draft), sent(draft)).status_code == 409
    assert not OwnPicture.objects.exists()


def test_a_new_version_begins_with_the_picture_of_the_old(clinic: Clinic, editor: User) -> None:
    picture = make_own_picture(clinic, editor)
    old = component_of(clinic, "ex-bridge")
    ComponentVersion.objects.filter(pk=old.pk).update(own_picture=picture)
    assert make_component_draft(clinic, editor).own_picture == picture


@pytest.mark.parametrize("shown_on", ["component-detail", "translate"])
def test_it_stands_in_for_the_drawn_one_wherever_the_patients_view_is_shown(
    clinic: Clinic, editor: User, draft: ComponentVersion, signed_in: Client, shown_on: str
) -> None:
    picture = make_own_picture(clinic, editor)
    ComponentVersion.objects.filter(pk=draft.pk).update(own_picture=picture)
    where = {
        "component-detail": edit_path(draft, "component-version"),
        "translate": reverse("component-translate", args=[draft.component_id, draft.number, "ar"]),
    }[shown_on]

    shown = signed_in.get(where).content.decode()

    assert path_of(picture) in shown
    assert f"/pictures/{draft.picture}.svg" not in shown
