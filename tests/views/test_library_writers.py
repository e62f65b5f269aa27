"""Whoever saves anything in a draft is kept as its writer and cannot approve it; what is no draft is not saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import RedFlag, ReviewState, SafetyRule
from careplans.library.review import submit_for_review
from tests.factories import NOW, make_staff
from tests.make.library import editor_of, make_next, one_of_each
from tests.make.pages import as_shown
from tests.make.plans import component_of
from tests.make.templates import items_of, phases_of

KINDS = ("component", "template", "rule", "red-flag")


@pytest.fixture
def priya(clinic: Clinic) -> User:
    return editor_of(clinic, "Priya Editor")


@pytest.fixture
def henrik(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR, Role.REVIEWER, name="Henrik Both")


@pytest.fixture
def both(henrik: User) -> Client:
    client = Client()
    client.force_login(henrik)
    return client


def of_template(name: str, draft: Any, **more: Any) -> str:
    return reverse(name, kwargs={"template": draft.template_id, "number": draft.number, **more})


# What is changed on each page that writes in a draft: its address, its form, and a field that no language says.
Change = tuple[str, str, dict[str, Any]]
CHANGES: dict[str, tuple[str, Callable[[Any], Change]]] = {
    "component": ("component", lambda draft: (
        reverse("component-edit", args=[draft.component_id, draft.number]), "component-form", {"equipment": "sticks"})),
    "template": ("template", lambda draft: _own_form(of_template("template-general", draft), {"review_months": "6"})),
    "phase": ("template", lambda draft: _own_form(
        of_template("template-phase", draft, phase=phases_of(draft)[0].pk), {"pain_at_most": "3"})),
    "new phase": ("template", lambda draft: _own_form(
        of_template("template-phase-add", draft), {"name": "More", "days": "7"})),
    "dose": ("template", lambda draft: _own_form(
        of_template("template-item", draft, item=items_of(phases_of(draft)[0])[0].pk), {"note": "Why."})),
    "rule": ("rule", lambda draft: (reverse("rule-edit", args=[draft.pk]), "rule-form", {"message": "Anew."})),
    "red flag": ("red-flag", lambda draft: (
        reverse("red-flag-edit", args=[draft.pk]), "red-flag-form", {"clinician_label": "Anew"})),
}  # fmt: skip


def _own_form(address: str, changed: dict[str, Any]) -> Change:
    return address, address, changed


def given(site: Client, change: Change) -> dict[str, Any]:
    address, form, changed = change
    return as_shown(site.get(address).content.decode(), form) | changed


def approve(site: Client, kind: str, draft: Any) -> Any:
    draft.refresh_from_db()
    path = reverse("version-approve", args=[kind, draft.pk])
    return site.post(path, {"revision": draft.revision}, follow=True)


def test_who_softened_a_colleagues_rule_does_not_approve_it(
    clinic: Clinic, priya: User, both: Client
) -> None:
    one_of_each(clinic)
    stop = SafetyRule.objects.filter(clinic=clinic, severity="stop").earliest("code")
    draft = make_next(stop, priya)
    address = reverse("rule-edit", args=[draft.pk])

    saved = both.post(address, given(both, (address, "rule-form", {"severity": "inform"})))
    both.post(reverse("version-submit", args=["rule", draft.pk]), {"revision": 2})
    said = approve(both, "rule", draft).content.decode()

    assert saved.status_code == 302
    assert "Somebody else has to approve it" in said
    draft.refresh_from_db()
    assert (draft.severity, draft.state) == ("inform", ReviewState.IN_REVIEW)
    assert "Written by Henrik Both, Priya Editor" in said


@pytest.mark.parametrize("what", CHANGES)
def test_saving_anything_in_a_draft_is_writing_in_it(
    what: str, clinic: Clinic, priya: User, henrik: User, both: Client
) -> None:
    kind, change = CHANGES[what]
    draft = make_next(one_of_each(clinic)[kind], priya)
    address = change(draft)[0]

    saved = both.post(address, given(both, change(draft)))
    # The new phase holds nothing yet: out with it, so that the draft can be submitted.
    if what == "new phase":
        _remove_last_phase(both, draft)
    submit_for_review(version=draft, by=priya, now=NOW)
    said = approve(both, kind, draft).content.decode()

    assert saved.status_code == 302
    assert set(draft.writers.all()) == {priya, henrik}
    assert "Somebody else has to approve it" in said
    draft.refresh_from_db()
    assert draft.state == ReviewState.IN_REVIEW


def _remove_last_phase(site: Client, draft: Any) -> None:
    draft.refresh_from_db()
    path = of_template("template-phase-remove", draft, phase=phases_of(draft)[-1].pk)
    site.post(path, {"revision": draft.revision})
    draft.refresh_from_db()


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_reviewed_is_not_saved(
    what: str, clinic: Clinic, priya: User, henrik: User, both: Client
) -> None:
    kind, change = CHANGES[what]
    draft = make_next(one_of_each(clinic)[kind], priya)
    address, sent = change(draft)[0], given(both, change(draft))
    submit_for_review(version=draft, by=priya, now=NOW)
    before = content_of(draft)

    said = both.post(address, sent)

    assert "no longer a draft" in said.content.decode()
    assert content_of(draft) == before
    assert set(draft.writers.all()) == {priya}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_in_use_is_not_saved(what: str, clinic: Clinic, priya: User, both: Client) -> None:
    """Neither with what its draft's form would send, nor is there a form for it."""
    kind, change = CHANGES[what]
    approved = one_of_each(clinic)[kind]
    sent = given(both, change(make_next(approved, priya)))
    before, address = content_of(approved), change(approved)[0]

    opened, said = both.get(address), both.post(address, sent | {"revision": approved.revision})

    assert opened.status_code == 302
    assert "no longer a draft" in said.content.decode()
    assert content_of(approved) == before
    assert not approved.writers.exists()


def content_of(version: Any) -> list[Any]:
    """The version and its parts as they stand in the database."""
    version = type(version)._default_manager.get(pk=version.pk)
    rows: list[Any] = [version]
    if hasattr(version, "texts") and hasattr(version.texts, "order_by"):
        rows += version.texts.order_by("pk")
    if hasattr(version, "phases"):
        phases = phases_of(version)
        rows += [*phases, *(item for phase in phases for item in items_of(phase))]
    return [{name: value for name, value in vars(row).items() if name != "_state"} for row in rows]


def test_the_code_of_a_red_flag_that_was_submitted_is_no_field(
    clinic: Clinic, priya: User, both: Client
) -> None:
    draft: RedFlag = make_next(one_of_each(clinic)["red-flag"], priya)
    address, before = reverse("red-flag-edit", args=[draft.pk]), draft.code

    page = both.get(address).content.decode()
    both.post(address, as_shown(page, "red-flag-form") | {"name": "renamed", "clinician_label": "Anew"})

    assert 'name="name"' not in page
    draft.refresh_from_db()
    assert (draft.code, draft.clinician_label) == (before, "Anew")


def test_code_and_kind_of_a_component_are_no_fields(clinic: Clinic, priya: User, both: Client) -> None:
    """Rules and templates ask for them."""
    draft = make_next(component_of(clinic, "ex-walking"), priya)
    address = reverse("component-edit", args=[draft.component_id, draft.number])

    page = both.get(address).content.decode()
    more = {"code": "renamed", "category": "procedure", "equipment": "sticks"}
    saved = both.post(address, as_shown(page, "component-form") | more)

    assert not {"code", "category"} & as_shown(page, "component-form").keys()
    assert saved.status_code == 302
    draft.component.refresh_from_db()
    assert (draft.component.code, draft.component.category) == ("ex-walking", "exercise")
