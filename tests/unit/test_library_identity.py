"""Codes and kinds that rules, templates and plans ask for stay as they are once a version of them was submitted."""

from __future__ import annotations

from typing import Any

import pytest

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import (
    Component,
    ComponentVersion,
    IdentityNeverChanges,
    RedFlag,
    SafetyRule,
    Source,
    Template,
    TemplateVersion,
)
from careplans.library.review import send_back, start_version, submit_for_review
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_library


@pytest.fixture
def author(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.mark.parametrize(
    ("model", "code", "field"),
    [
        (Component, "med-cyclobenzaprine", "code"),
        (Component, "med-cyclobenzaprine", "category"),
        (Template, "recurrent-spasm", "code"),
        (Source, "B5", "code"),
        (Source, "usual-safety", "code"),
        (Source, "B5", "title"),
        (Source, "usual-safety", "publisher"),
    ],
)
def test_what_was_submitted_keeps_its_name(
    author: User, clinic: Clinic, model: Any, code: str, field: str
) -> None:
    row = model.objects.get(clinic=clinic, code=code)
    before = getattr(row, field)
    setattr(row, field, "adjunct")

    with pytest.raises(IdentityNeverChanges):
        row.save()

    row.refresh_from_db()
    assert getattr(row, field) == before


def test_what_says_more_of_a_source_may_be_corrected(author: User, clinic: Clinic) -> None:
    source = Source.objects.get(clinic=clinic, code="B5")
    source.covers = "Written out in full"

    source.save()

    assert Source.objects.get(pk=source.pk).covers == "Written out in full"


@pytest.mark.parametrize("model", [SafetyRule, RedFlag])
def test_the_draft_of_a_known_rule_keeps_its_code(author: User, clinic: Clinic, model: Any) -> None:
    draft = start_version(of=model.objects.filter(clinic=clinic)[0], by=author, now=NOW)
    draft.code = "quite-another"

    with pytest.raises(IdentityNeverChanges):
        draft.save()


def test_a_draft_stays_with_its_component(author: User, clinic: Clinic) -> None:
    draft = start_version(of=component_of(clinic, "med-ibuprofen"), by=author, now=NOW)
    draft.component = Component.objects.get(clinic=clinic, code="med-naproxen")

    with pytest.raises(IdentityNeverChanges):
        draft.save()


def test_a_draft_stays_with_its_template(author: User, clinic: Clinic) -> None:
    first, second = TemplateVersion.objects.filter(template__clinic=clinic)[:2]
    draft = start_version(of=first, by=author, now=NOW)
    draft.template = second.template

    with pytest.raises(IdentityNeverChanges):
        draft.save()


def new_component(clinic: Clinic, author: User) -> tuple[Component, ComponentVersion]:
    component = Component.objects.create(clinic=clinic, code="our-own", category="exercise")
    version = start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)
    ComponentVersion.objects.filter(pk=version.pk).update(component=component)
    return component, ComponentVersion.objects.get(pk=version.pk)


def test_what_nobody_has_submitted_may_be_renamed(author: User, clinic: Clinic) -> None:
    component, _version = new_component(clinic, author)
    component.code, component.category = "better-name", "mind_body"

    component.save()

    assert Component.objects.get(pk=component.pk).code == "better-name"


def test_what_was_sent_back_was_submitted_all_the_same(author: User, clinic: Clinic) -> None:
    component, version = new_component(clinic, author)
    submit_for_review(version=version, by=author, now=NOW)
    send_back(
        version=version, comment="Say how long each time.", by=make_staff(clinic, Role.REVIEWER), now=NOW
    )
    component.code = "better-name"

    with pytest.raises(IdentityNeverChanges):
        component.save()


def test_a_new_rule_may_be_renamed_until_it_is_submitted(author: User, clinic: Clinic) -> None:
    draft = start_version(of=SafetyRule.objects.filter(clinic=clinic)[0], by=author, now=NOW)
    SafetyRule.objects.filter(pk=draft.pk).update(code="new-rule", number=1)
    draft.refresh_from_db()
    draft.code = "newer-rule"
    draft.save()
    submit_for_review(version=draft, by=author, now=NOW)
    send_back(version=draft, comment="Say how long each time.", by=make_staff(clinic, Role.REVIEWER), now=NOW)
    draft.code = "newest-rule"

    with pytest.raises(IdentityNeverChanges):
        draft.save()
