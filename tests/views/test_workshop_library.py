"""The library workshop: drafts are edited, approved content is read, other clinics' is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentVersion, RedFlag, ReviewState, SafetyRule
from tests.make.plans import component_of, make_library

LIST = "admin:library_componentversion_changelist"
CHANGE = "admin:library_componentversion_change"


def take_step(browser: Client, step: str, version: ComponentVersion) -> Any:
    given = {"action": step, "_selected_action": [str(version.pk)]}
    return browser.post(reverse(LIST), given, follow=True)


def test_from_a_new_version_to_approval(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    old = component_of(clinic, "ex-walking")
    editor, reviewer = client_of(Role.EDITOR), client_of(Role.REVIEWER)

    take_step(editor, "_start", old)
    draft = ComponentVersion.objects.get(component=old.component, state=ReviewState.DRAFT)
    take_step(editor, "submit_for_review", draft)
    assert "does not allow" in take_step(editor, "approve_version", draft).content.decode()
    take_step(reviewer, "approve_version", draft)

    assert component_of(clinic, "ex-walking") == draft


def test_approved_content_is_read_only(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    version = component_of(clinic, "ex-walking")
    editor = client_of(Role.EDITOR)

    page = editor.get(reverse(CHANGE, args=[version.pk]))
    refused = editor.post(reverse(CHANGE, args=[version.pk]), {"clinician_text": "changed"})

    assert page.status_code == 200
    assert 'name="clinician_text"' not in page.content.decode()
    assert refused.status_code == 403


def test_another_clinics_content_is_not_there(
    clinic: Clinic, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    version = component_of(other_clinic, "ex-walking")
    make_library(clinic)

    response = client_of(Role.EDITOR).get(reverse(CHANGE, args=[version.pk]))

    assert response.status_code in (302, 404)
    assert str(version.pk) not in client_of(Role.EDITOR).get(reverse(LIST)).content.decode()


@pytest.mark.parametrize("model", [ComponentVersion, SafetyRule, RedFlag])
def test_every_list_opens(model: Any, clinic: Clinic, client_of: Callable[..., Client]) -> None:
    make_library(clinic)

    response = client_of(Role.EDITOR).get(reverse(f"admin:library_{model._meta.model_name}_changelist"))

    assert response.status_code == 200


def test_a_dose_nobody_could_read_is_refused(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    editor = client_of(Role.EDITOR)
    old = component_of(clinic, "ex-walking")
    take_step(editor, "_start", old)
    draft = ComponentVersion.objects.get(component=old.component, state=ReviewState.DRAFT)

    page = editor.post(
        reverse(CHANGE, args=[draft.pk]), {"default_dose": '{"kind": "duration", "minutes": 9000}'}
    )

    assert page.status_code == 200
    assert page.context["adminform"].form.errors["default_dose"]
