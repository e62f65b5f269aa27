"""The library workshop: drafts are edited, approved content is read, other clinics' is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
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
from tests.make.plans import component_of, make_library, template_of

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
    page = take_step(editor, "approve_version", draft).content.decode()
    assert 'value="approve_version"' not in page
    draft.refresh_from_db()
    assert draft.state == ReviewState.IN_REVIEW
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


PHASE_ADD = "admin:library_templatephase_add"
PHASE_WORDS = {
    "en": {"name": "More", "aims": ["A"], "avoid": ["B"], "move_on_when": ["C"], "step_back_when": ["D"]}
}
NO_ITEMS = {"items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}


@pytest.fixture
def author(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


def phase_given(version: TemplateVersion, **given: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"version": str(version.pk), "position": 9, "code": "more", "starts_on_day": 90}
    fields |= {"days": 7, "starts": "by_date", "check_in_days": "[]", "criteria": "{}"}
    return fields | {"texts": json.dumps(PHASE_WORDS)} | given | NO_ITEMS


def errors_of(page: Any) -> Any:
    assert page.status_code == 200
    return page.context["adminform"].form.errors


def test_a_phase_is_added_to_a_draft(clinic: Clinic, author: User, client_of: Callable[..., Client]) -> None:
    draft = start_version(of=template_of(clinic), by=author, now=NOW)

    saved = client_of(Role.EDITOR).post(reverse(PHASE_ADD), phase_given(draft))

    assert saved.status_code == 302
    phase = draft.phases.get(code="more")
    assert (phase.check_in_days, phase.criteria) == ([], {})


def test_no_phase_is_added_to_an_approved_template(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    approved, editor = template_of(clinic), client_of(Role.EDITOR)

    page = editor.get(reverse(PHASE_ADD)).content.decode()
    refused = editor.post(reverse(PHASE_ADD), phase_given(approved))

    assert str(approved.pk) not in page
    assert "version" in errors_of(refused)
    assert not TemplatePhase.objects.filter(code="more").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("texts", '{"de": {}}'),
        ("criteria", '{"pain_at_most": 11}'),
        ("check_in_days", "[7]"),
        ("check_in_days", '["1"]'),
        ("days", "0"),
    ],
)
def test_a_phase_nobody_could_read_is_refused(
    field: str, value: str, clinic: Clinic, author: User, client_of: Callable[..., Client]
) -> None:
    draft = start_version(of=template_of(clinic), by=author, now=NOW)

    page = client_of(Role.EDITOR).post(reverse(PHASE_ADD), phase_given(draft, **{field: value}))

    assert list(errors_of(page)) == [field]


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (RedFlag, "texts", '{"de": {}}'),
        (RedFlag, "texts", '{"en": {"question": "Numb?"}}'),
        (TemplateVersion, "texts", '{"en": {"title": "Only a title"}}'),
        (TemplateVersion, "sources", '["B4"]'),
    ],
)
def test_texts_and_sources_nobody_could_read_are_refused(
    model: Any, field: str, value: str, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    make_library(clinic)
    draft = start_version(of=model._default_manager.first(), by=make_staff(clinic, Role.EDITOR), now=NOW)
    change = reverse(f"admin:library_{model._meta.model_name}_change", args=[draft.pk])

    page = client_of(Role.EDITOR).post(change, {field: value})

    assert "Please fill this in." not in errors_of(page)[field]


def test_a_component_without_text_is_refused_and_its_page_opens(
    clinic: Clinic, author: User, client_of: Callable[..., Client]
) -> None:
    draft = start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)
    draft.texts.all().delete()
    editor = client_of(Role.EDITOR)

    page = take_step(editor, "submit_for_review", draft).content.decode()
    ComponentVersion.objects.filter(component=draft.component).exclude(pk=draft.pk).update(
        state=ReviewState.RETIRED
    )

    assert "English text: missing" in page
    assert editor.get(f"/library/components/{draft.component_id}/").status_code == 200


def test_lists_are_written_as_lines(clinic: Clinic, author: User, client_of: Callable[..., Client]) -> None:
    draft = start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)
    editor = client_of(Role.EDITOR)
    form = editor.get(reverse(CHANGE, args=[draft.pk])).context["adminform"].form
    texts = draft.texts.all()
    given: dict[str, Any] = {
        "component": str(draft.component_id),
        "body_regions": ["low_back", "hip_leg"],
        "tags": "",
        "equipment": "shoes\n\n two sticks ",
        "cautions": "Stop on leg pain",
        "default_dose": json.dumps(draft.default_dose),
        "sources": json.dumps(draft.sources),
        "grade": draft.grade,
        "effect": draft.effect,
        "texts-TOTAL_FORMS": str(len(texts)),
        "texts-INITIAL_FORMS": str(len(texts)),
    }
    for place, text in enumerate(texts):
        given |= {f"texts-{place}-id": str(text.pk), f"texts-{place}-version": str(draft.pk)}
        given |= {f"texts-{place}-{name}": getattr(text, name) for name in ("language", "title", "why")}
        given[f"texts-{place}-steps"] = "Put on shoes.\nWalk."

    saved = editor.post(reverse(CHANGE, args=[draft.pk]), given)

    assert form["tags"].value() == "\n".join(draft.tags)
    assert saved.status_code == 302, saved.context["errors"]
    draft.refresh_from_db()
    assert (draft.body_regions, draft.tags) == (["low_back", "hip_leg"], [])
    assert (draft.equipment, draft.cautions) == (["shoes", "two sticks"], ["Stop on leg pain"])
    assert draft.texts.get(language="en").steps == ["Put on shoes.", "Walk."]
