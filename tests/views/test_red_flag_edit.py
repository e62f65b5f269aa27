"""Red flags found, read and written, each with how the patient is asked and told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.edit_red_flag import save_red_flag
from careplans.library.models import RedFlag
from careplans.library.review import start_version, submit_for_review
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import make_library
from tests.make.red_flags import flag_of, flag_says

pytestmark = pytest.mark.django_db
LIST, NEW, ASKED = "/library/red-flags/", "/library/red-flags/new/", "/library/red-flags/asked/"


@pytest.fixture
def author(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def site(author: User) -> Client:
    client = Client()
    client.force_login(author)
    return client


@pytest.fixture
def draft(clinic: Clinic, author: User) -> RedFlag:
    return start_version(of=flag_of(clinic), by=author, now=NOW)


def edit(flag: RedFlag) -> str:
    return reverse("red-flag-edit", args=[flag.pk])


def shown(page: Any) -> dict[str, Any]:
    return as_shown(page.content.decode(), "red-flag-form")


def given(clinic: Clinic, **changed: Any) -> dict[str, Any]:
    says = flag_says(clinic, **changed)
    return says.__dict__ | {"source": str(says.source.pk if says.source else "")}


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.REVIEWER, Role.ADMINISTRATOR, Role.FRONT_DESK])
def test_only_editors_write(client_of: Callable[..., Client], draft: RedFlag, role: Role) -> None:
    client = client_of(role)

    for address in (edit(draft), NEW, ASKED):
        assert client.post(address, {}).status_code == 403


def test_clinicians_read_what_is_asked_and_no_drafts(
    client_of: Callable[..., Client], draft: RedFlag
) -> None:
    clinician = client_of(Role.CLINICIAN)

    assert draft.pk not in [row.flag.pk for row in clinician.get(LIST, {"state": ""}).context["rows"]]
    assert clinician.get(reverse("red-flag-detail", args=[draft.pk])).status_code == 404
    assert client_of(Role.FRONT_DESK).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_another_clinics_red_flag_is_not_there(
    client_of: Callable[..., Client], other_clinic: Clinic, draft: RedFlag
) -> None:
    stranger = client_of(Role.EDITOR, at=other_clinic)

    assert stranger.get(edit(draft)).status_code == 404
    assert stranger.get(reverse("red-flag-detail", args=[draft.pk])).status_code == 404
    assert not stranger.get(LIST).context["rows"]


def test_found_by_words(site: Client, clinic: Clinic) -> None:
    rows = site.get(LIST, {"q": "genitals numbness"}).context["rows"]

    assert [row.flag.code for row in rows] == ["saddle_numbness"]


def test_a_patient_is_asked_and_told_as_on_the_check_in_page(site: Client, clinic: Clinic) -> None:
    page = site.get(reverse("red-flag-detail", args=[flag_of(clinic).pk])).content.decode()

    assert "Do you have numbness around your genitals or your back passage?" in page
    assert f"Call {clinic.emergency_number}" in page
    assert "Get help now" in page
    assert "¿Siente adormecida" in page
    assert "comes with Careplans" in page


def test_every_red_flag_of_the_product_saved_as_it_stands_stays_as_it_is(
    site: Client, clinic: Clinic, author: User
) -> None:
    names = ("code", "position", "asked", "urgency", "clinician_label", "source_id", "texts")
    for flag in RedFlag.objects.filter(clinic=clinic):
        draft = start_version(of=flag, by=author, now=NOW)
        assert site.post(edit(draft), shown(site.get(edit(draft)))).status_code == 302
        draft.refresh_from_db()
        assert [getattr(draft, name) for name in names] == [getattr(flag, name) for name in names]
        submit_for_review(version=draft, by=author, now=NOW)


def test_one_is_written_from_nothing(site: Client, clinic: Clinic) -> None:
    saved = site.post(NEW, given(clinic))

    flag = RedFlag.objects.get(clinic=clinic, code="swollen-calf")
    assert saved.url == reverse("red-flag-detail", args=[flag.pk])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "saddle_numbness", "This code is taken"),
        ("name", "", "Please fill this in."),
        ("question", " ", "Write this in plain words."),
        ("what_to_do", "", "Write this in plain words."),
        ("sign", "\u202e", "writing direction"),
        ("urgency", "", "Please choose one."),
        ("asked", "never", "Choose one of the list."),
        ("position", "x", "from 0 to 999"),
        ("clinician_label", "x" * 121, ""),
        ("source", "", "Choose where this comes from."),
    ],
)
def test_what_is_missing_is_told_beside_its_field(
    site: Client, clinic: Clinic, field: str, value: str, said: str
) -> None:
    page = site.post(NEW, given(clinic) | {field: value})

    assert page.status_code == 200
    assert said in " ".join(page.context["form"].errors[field])


def test_what_is_typed_is_shown_as_the_patient_would_read_it(site: Client, clinic: Clinic) -> None:
    typed = given(clinic, question="Is it **hot**?") | {"code": "saddle_numbness", "asked": "after_surgery"}

    page = site.post(ASKED, typed).content.decode()

    assert "Is it hot?" in page
    assert "Call your clinic today" in page
    assert "keep your clinic from publishing" in page
    assert "not the emergency number" in page
    assert 'role="alert"' not in page


def test_who_comes_second_gets_everything_back(site: Client, clinic: Clinic, draft: RedFlag) -> None:
    sent = shown(site.get(edit(draft))) | {"sign": ["My sign"]}
    theirs = flag_says(clinic, sign="Their sign")
    save_red_flag(version=draft, says=theirs, revision=1, by=make_staff(clinic, Role.EDITOR), now=NOW)

    page = site.post(edit(draft), sent)

    assert page.status_code == 409
    assert "Their sign" in page.content.decode()
    assert (shown(page)["sign"], shown(page)["revision"]) == (["My sign"], ["2"])
    assert site.post(edit(draft), shown(page)).status_code == 302


def test_only_a_draft_opens_for_writing(site: Client, clinic: Clinic, draft: RedFlag, author: User) -> None:
    sent = shown(site.get(edit(draft)))
    submit_for_review(version=draft, by=author, now=NOW)

    refused = site.post(edit(draft), sent)

    assert site.get(edit(draft)).url == reverse("red-flag-detail", args=[draft.pk])
    assert "no longer a draft" in " ".join(refused.context["form"].non_field_errors())


def test_the_list_asks_the_database_a_few_times(site: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(15):
        assert len(site.get(LIST).context["rows"]) > 8
