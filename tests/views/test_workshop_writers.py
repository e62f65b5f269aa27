"""The workshop keeps everybody who saved something in a draft, so that none of them approves it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    ReviewState,
    SafetyRule,
    TemplatePhase,
    TemplateVersion,
)
from careplans.library.review import start_version
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import make_library, template_of

MODELS = (ComponentVersion, TemplateVersion, SafetyRule, RedFlag)


@pytest.fixture
def priya(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def henrik(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR, Role.REVIEWER, name="Henrik Both")


@pytest.fixture
def both(henrik: User) -> Client:
    client = Client()
    client.force_login(henrik)
    return client


def list_of(model: Any) -> str:
    return reverse(f"admin:library_{model._meta.model_name}_changelist")


def page_of(row: Any) -> str:
    return reverse(f"admin:library_{row._meta.model_name}_change", args=[row.pk])


def save_as_shown(both: Client, row: Any, **changed: Any) -> Any:
    given = as_shown(both.get(page_of(row)).content.decode(), f"{row._meta.model_name}_form")
    return both.post(page_of(row), given | changed)


def press(both: Client, step: str, version: Any) -> str:
    given = {"action": step, "_selected_action": [str(version.pk)]}
    return both.post(list_of(type(version)), given, follow=True).content.decode()


def test_who_softened_a_colleagues_rule_does_not_approve_it(
    clinic: Clinic, priya: User, henrik: User, both: Client
) -> None:
    stop = (
        SafetyRule.objects.filter(clinic=clinic, severity="stop").exclude(components=[]).exclude(tags=[])[0]
    )
    draft = start_version(of=stop, by=priya, now=NOW)

    saved = save_as_shown(both, draft, severity="inform")
    press(both, "submit_for_review", draft)
    said = press(both, "approve_version", draft)

    assert saved.status_code == 302
    assert "Somebody else has to approve it" in said
    draft.refresh_from_db()
    assert (draft.severity, draft.state) == ("inform", ReviewState.IN_REVIEW)
    assert "Henrik Both" in both.get(page_of(draft)).content.decode()


@pytest.mark.parametrize("model", [ComponentVersion, TemplateVersion, RedFlag])
def test_saving_a_draft_is_writing(model: Any, priya: User, henrik: User, both: Client) -> None:
    draft = start_version(of=model._default_manager.all()[0], by=priya, now=NOW)

    assert save_as_shown(both, draft).status_code == 302

    assert set(draft.writers.all()) == {priya, henrik}


def test_saving_a_phase_is_writing_in_its_template(
    clinic: Clinic, priya: User, henrik: User, both: Client
) -> None:
    draft = start_version(of=template_of(clinic), by=priya, now=NOW)

    assert save_as_shown(both, draft.phases.all()[0]).status_code == 302

    assert set(draft.writers.all()) == {priya, henrik}


def test_adding_a_phase_is_writing_in_its_template(
    clinic: Clinic, priya: User, henrik: User, both: Client
) -> None:
    draft = start_version(of=template_of(clinic), by=priya, now=NOW)
    given = as_shown(both.get(page_of(draft.phases.all()[0])).content.decode(), "templatephase_form")
    given = {name: value for name, value in given.items() if not name.startswith("items-")}
    no_items = {"items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}
    more = {"version": str(draft.pk), "position": "9", "code": "more"}

    saved = both.post(reverse("admin:library_templatephase_add"), given | no_items | more)

    assert saved.status_code == 302
    assert TemplatePhase.objects.filter(version=draft, code="more").exists()
    assert set(draft.writers.all()) == {priya, henrik}


@pytest.mark.parametrize("model", MODELS)
def test_what_is_reviewed_is_not_saved(model: Any, priya: User, both: Client) -> None:
    draft = start_version(of=model._default_manager.all()[0], by=priya, now=NOW)
    given = as_shown(both.get(page_of(draft)).content.decode(), f"{model._meta.model_name}_form")
    press(both, "submit_for_review", draft)

    assert both.post(page_of(draft), given).status_code == 403
    assert set(draft.writers.all()) == {priya}
