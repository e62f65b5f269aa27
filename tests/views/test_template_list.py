"""The list of templates and one of them read: who sees which versions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import Template, TemplateVersion
from careplans.library.retire import retire_version
from tests.factories import NOW, make_staff
from tests.make.plans import template_of
from tests.make.templates import make_template_draft

LIST = reverse("template-list")


@pytest.fixture
def draft(clinic: Clinic) -> TemplateVersion:
    return make_template_draft(clinic, make_staff(clinic, Role.EDITOR))


def version_url(version: TemplateVersion, name: str = "template-version") -> str:
    return reverse(name, args=[version.template_id, version.number])


def test_anonymous_is_asked_to_sign_in(draft: TemplateVersion) -> None:
    for path in (LIST, version_url(draft), reverse("template-new")):
        assert reverse("account_login") in Client().get(path)["Location"]


def test_the_front_desk_has_no_library(draft: TemplateVersion, client_of: Callable[..., Client]) -> None:
    desk = client_of(Role.FRONT_DESK)
    assert {desk.get(path).status_code for path in (LIST, version_url(draft))} == {403}


def test_another_clinics_templates_are_not_there(
    draft: TemplateVersion, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    stranger = client_of(Role.EDITOR, at=other_clinic)

    assert stranger.get(version_url(draft)).status_code == 404
    assert stranger.get(reverse("template-detail", args=[draft.template_id])).status_code == 404
    assert str(draft.template_id) not in stranger.get(LIST).content.decode()


def test_clinicians_see_what_is_in_use(draft: TemplateVersion, client_of: Callable[..., Client]) -> None:
    clinician = client_of(Role.CLINICIAN)

    page = clinician.get(LIST).content.decode()

    assert "Acute spasm after therapy" in page
    assert version_url(draft) not in page
    assert clinician.get(version_url(draft)).status_code == 404
    assert reverse("template-new") not in page


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER])
def test_who_keeps_the_library_sees_what_is_being_written(
    role: Role, draft: TemplateVersion, client_of: Callable[..., Client]
) -> None:
    page = client_of(role).get(LIST).content.decode()

    assert version_url(draft) in page
    assert "Draft: version 2" in page
    assert client_of(role).get(version_url(draft)).status_code == 200


def test_a_template_opens_at_the_version_in_use(
    draft: TemplateVersion, client_of: Callable[..., Client]
) -> None:
    page = client_of(Role.EDITOR).get(reverse("template-detail", args=[draft.template_id]))
    assert page.context["version"].number == 1


def test_a_template_names_its_components_and_their_doses(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    item = template_of(clinic).phases.first().items.first()

    page = client_of(Role.CLINICIAN).get(reverse("template-detail", args=[template_of(clinic).template_id]))

    words = page.content.decode()
    line = page.context["page"].phases[0].items[0]
    assert line.title in words
    assert line.dose in words
    assert f">{item.component.code}<" not in words
    assert "Days 1 to 2" in words


def test_what_a_draft_lacks_is_said_on_its_page(
    clinic: Clinic, client_of: Callable[..., Client], draft: TemplateVersion
) -> None:
    TemplateVersion.objects.filter(pk=draft.pk).update(sources=[])
    page = client_of(Role.REVIEWER).get(version_url(draft)).content.decode()
    assert "Before it can be submitted" in page
    assert "Sources: missing." in page


def test_a_new_template_leads_to_its_editor(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    given = {"title": "Stiff neck", "body_region": "neck", "anchor": "onset"}

    response = client_of(Role.EDITOR).post(reverse("template-new"), given)

    version = TemplateVersion.objects.get(template__clinic=clinic, template__code="stiff-neck")
    assert response["Location"] == version_url(version, "template-edit")


def test_a_new_template_needs_its_words(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    response = client_of(Role.EDITOR).post(reverse("template-new"), {"title": "", "anchor": "onset"})

    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"title", "body_region"}
    assert not TemplateVersion.objects.filter(template__clinic=clinic).exists()


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_editors_begin_one(role: Role, client_of: Callable[..., Client]) -> None:
    assert client_of(role).get(reverse("template-new")).status_code == 403


def test_the_list_asks_as_often_for_many(
    clinic: Clinic, client_of: Callable[..., Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    template_of(clinic)
    editor: User = make_staff(clinic, Role.EDITOR)
    client = client_of(Role.EDITOR)
    client.get(LIST)
    for code in ("after-spinal-surgery", "recurrent-spasm"):
        make_template_draft(clinic, editor, code)

    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        client.get(LIST)


def test_a_copy_is_the_clinics_own_and_knows_its_original(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    original = template_of(clinic)
    path, client = reverse("template-copy", args=[original.template_id]), client_of(Role.EDITOR)

    proposed = client.get(path).context["form"].initial
    response = client.post(path, proposed)

    copied = Template.objects.get(clinic=clinic, code=proposed["code"])
    version = copied.versions.get()
    assert (copied.origin_id, copied.origin_number) == (original.template_id, 1)
    assert (version.state, version.phases.count()) == ("draft", original.phases.count())
    assert response["Location"] == version_url(version, "template-edit")


def test_a_code_that_is_taken_is_said_beside_it(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    original = template_of(clinic)
    given = {"title": "Ours", "code": original.template.code}
    response = client_of(Role.EDITOR).post(reverse("template-copy", args=[original.template_id]), given)
    assert "code" in response.context["form"].errors


def test_who_may_not_write_and_who_is_elsewhere_make_no_copy(
    clinic: Clinic, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    path = reverse("template-copy", args=[template_of(clinic).template_id])
    assert client_of(Role.CLINICIAN).get(path).status_code == 403
    assert client_of(Role.EDITOR, at=other_clinic).post(path, {"title": "x", "code": "x"}).status_code == 404


def test_a_draft_that_was_dropped_stays_with_those_who_keep_the_library(
    draft: TemplateVersion, client_of: Callable[..., Client]
) -> None:
    retire_version(
        version=draft, reason="Dangerous nonsense, never to be used.", by=draft.writers.get(), now=NOW
    )
    clinician = client_of(Role.CLINICIAN)

    assert clinician.get(version_url(draft)).status_code == 404
    assert clinician.get(version_url(draft, "template-preview")).status_code == 404
    assert version_url(draft) not in clinician.get(LIST).content.decode()
    assert client_of(Role.EDITOR).get(version_url(draft)).status_code == 200
