"""The life of reviewed content: who may take which step, and that approved versions stay as they are."""

from __future__ import annotations

import pytest

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.models import ComponentVersion, RedFlag, ReviewState, SafetyRule, TemplateVersion
from careplans.library.review import (
    ReviewRefusal,
    approve_version,
    retire_version,
    send_back,
    start_version,
    submit_for_review,
)
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, template_of


@pytest.fixture
def author(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


@pytest.fixture
def draft(clinic: Clinic, author: User) -> ComponentVersion:
    return start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)


def test_a_new_version_begins_with_what_the_old_one_says(clinic: Clinic, draft: ComponentVersion) -> None:
    old = component_of(clinic, "ex-walking")

    assert (draft.number, draft.state) == (old.number + 1, ReviewState.DRAFT)
    assert draft.default_dose == old.default_dose
    assert [text.title for text in draft.texts.all()] == [text.title for text in old.texts.all()]
    assert draft.texts.get().pk != old.texts.get().pk


def test_a_template_is_copied_whole(clinic: Clinic, author: User) -> None:
    old = template_of(clinic)

    draft = start_version(of=old, by=author, now=NOW)

    def shape(version: TemplateVersion) -> list[tuple[str, list[str]]]:
        return [
            (phase.code, [item.component.code for item in phase.items.all()])
            for phase in version.phases.all()
        ]

    assert shape(draft) == shape(old)


def test_approving_retires_the_one_before(
    clinic: Clinic, draft: ComponentVersion, author: User, reviewer: User
) -> None:
    old = component_of(clinic, "ex-walking")
    submit_for_review(version=draft, by=author, now=NOW)

    approve_version(version=draft, by=reviewer, now=NOW)

    old.refresh_from_db()
    assert old.state == ReviewState.RETIRED
    assert component_of(clinic, "ex-walking") == draft
    assert (draft.approved_by, draft.approved_at) == (reviewer, NOW)
    actions = list(
        AuditEvent.objects.filter(subject_id=str(draft.pk))
        .order_by("at", "id")
        .values_list("action", flat=True)
    )
    assert actions == ["componentversion.started", "componentversion.submitted", "componentversion.approved"]


def test_the_author_cannot_approve(draft: ComponentVersion, author: User) -> None:
    submit_for_review(version=draft, by=author, now=NOW)

    with pytest.raises(ReviewRefusal, match="Somebody else"):
        approve_version(version=draft, by=author, now=NOW)


def test_a_draft_cannot_skip_its_review(draft: ComponentVersion, reviewer: User) -> None:
    with pytest.raises(ReviewRefusal, match="submitted"):
        approve_version(version=draft, by=reviewer, now=NOW)


def test_of_two_who_decide_at_once_one_is_late(draft: ComponentVersion, author: User, reviewer: User) -> None:
    submit_for_review(version=draft, by=author, now=NOW)
    same = ComponentVersion.objects.get(pk=draft.pk)
    send_back(version=draft, by=reviewer, now=NOW)

    with pytest.raises(ReviewRefusal, match="somebody else was first"):
        approve_version(version=same, by=reviewer, now=NOW)


def test_one_newer_version_at_a_time(clinic: Clinic, draft: ComponentVersion, author: User) -> None:
    with pytest.raises(ReviewRefusal, match="already"):
        start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)


@pytest.mark.parametrize("model", [SafetyRule, RedFlag])
def test_rules_and_red_flags_live_the_same_life(
    model: type[SafetyRule] | type[RedFlag], clinic: Clinic, author: User, reviewer: User
) -> None:
    template_of(clinic)
    old = model.objects.filter(clinic=clinic).first()
    assert old is not None

    draft = start_version(of=old, by=author, now=NOW)
    submit_for_review(version=draft, by=author, now=NOW)
    approve_version(version=draft, by=reviewer, now=NOW)

    old.refresh_from_db()
    assert (old.state, draft.state) == (ReviewState.RETIRED, ReviewState.APPROVED)


def test_retired_is_the_end(clinic: Clinic, reviewer: User) -> None:
    version = component_of(clinic, "ex-walking")
    retire_version(version=version, by=reviewer, now=NOW)

    with pytest.raises(ReviewRefusal):
        submit_for_review(version=version, by=reviewer, now=NOW)
