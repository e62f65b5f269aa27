"""Four eyes: whoever wrote anything in a version cannot approve it, whoever began it and however it went."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.audit.record import record_change
from careplans.library.models import ComponentVersion, RedFlag, ReviewState, SafetyRule, TemplateVersion
from careplans.library.retire import drop_draft
from careplans.library.review import (
    approve_version,
    send_back,
    start_version,
    submit_for_review,
)
from careplans.library.versions import ReviewRefusal, hold_draft
from tests.factories import NOW, make_staff
from tests.make.plans import make_library

MODELS = (ComponentVersion, TemplateVersion, SafetyRule, RedFlag)
every_kind = pytest.mark.parametrize("model", MODELS)


@pytest.fixture
def priya(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def henrik(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR, Role.REVIEWER)


@pytest.fixture
def third(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


def draft_of(model: Any, by: User) -> Any:
    return start_version(of=model._default_manager.all()[0], by=by, now=NOW)


def write_in(draft: Any, by: User) -> None:
    """What every editor does first."""
    draft.refresh_from_db()
    hold_draft(version=draft, revision=draft.revision, by=by, now=NOW)


@every_kind
def test_who_changed_anothers_draft_does_not_approve_it(
    model: Any, priya: User, henrik: User, third: User
) -> None:
    draft = draft_of(model, priya)
    write_in(draft, henrik)
    submit_for_review(version=draft, by=henrik, now=NOW)

    for writer in (priya, henrik):
        with pytest.raises(ReviewRefusal, match="Somebody else"):
            approve_version(version=draft, by=writer, now=NOW)
    approve_version(version=draft, by=third, now=NOW)

    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (ReviewState.APPROVED, third)
    approved = AuditEvent.objects.get(action__endswith=".approved")
    assert approved.details["writers"] == sorted([str(priya.pk), str(henrik.pk)])


@every_kind
def test_sending_back_and_writing_again_keeps_all_writers(
    model: Any, priya: User, henrik: User, third: User
) -> None:
    draft = draft_of(model, priya)
    write_in(draft, henrik)
    for writer in (priya, third):
        submit_for_review(version=draft, by=priya, now=NOW)
        send_back(version=draft, comment="Say how long each time.", by=henrik, now=NOW)
        write_in(draft, writer)
    submit_for_review(version=draft, by=priya, now=NOW)

    assert set(draft.writers.all()) == {priya, henrik, third}
    for writer in (priya, henrik, third):
        with pytest.raises(ReviewRefusal, match="Somebody else"):
            approve_version(version=draft, by=writer, now=NOW)


def test_what_came_with_the_product_and_was_changed_here_needs_somebody_else(
    clinic: Clinic, priya: User, henrik: User
) -> None:
    """New content of a release has no author; once somebody changed it, it has a writer."""
    version = draft_of(SafetyRule, priya)
    version.writers.clear()
    SafetyRule.objects.filter(pk=version.pk).update(
        author=None, state=ReviewState.IN_REVIEW, submitted_at=NOW
    )
    version.refresh_from_db()
    send_back(version=version, comment="Say how long each time.", by=henrik, now=NOW)
    write_in(version, henrik)
    submit_for_review(version=version, by=henrik, now=NOW)

    with pytest.raises(ReviewRefusal, match="Somebody else"):
        approve_version(version=version, by=henrik, now=NOW)


def test_nobody_writes_in_what_is_reviewed(priya: User, henrik: User) -> None:
    draft = draft_of(SafetyRule, priya)
    submit_for_review(version=draft, by=priya, now=NOW)

    with pytest.raises(ReviewRefusal, match="no longer a draft"):
        write_in(draft, henrik)


def test_a_writer_is_in_the_trail_once(priya: User, henrik: User) -> None:
    draft = draft_of(SafetyRule, priya)
    for _time in range(2):
        write_in(draft, henrik)

    noted = AuditEvent.objects.filter(action="safetyrule.writer_noted", subject_id=str(draft.pk))
    assert sorted(one.actor_label for one in noted) == sorted([priya.actor_label, henrik.actor_label])


def test_the_next_version_begins_with_its_own_writer(priya: User, henrik: User, third: User) -> None:
    first = draft_of(SafetyRule, priya)
    submit_for_review(version=first, by=priya, now=NOW)
    approve_version(version=first, by=third, now=NOW)

    second = start_version(of=first, by=henrik, now=NOW)

    assert list(second.writers.all()) == [henrik]


@every_kind
def test_the_database_refuses_an_author_who_approved(model: Any, priya: User) -> None:
    draft = draft_of(model, priya)

    with pytest.raises(IntegrityError), transaction.atomic():
        model._default_manager.filter(pk=draft.pk).update(approved_by=priya)


def test_who_wrote_before_writers_were_kept_is_known_from_author_and_trail(
    clinic: Clinic, priya: User, henrik: User, third: User
) -> None:
    rule, template = draft_of(SafetyRule, priya), draft_of(TemplateVersion, priya)
    phase = template.phases.all()[0]
    for subject, by in ((rule, henrik), (phase, third)):
        action = f"{subject._meta.model_name}.changed_in_workshop"
        record_change(by=by, action=action, subject=subject, now=NOW, clinic_id=clinic.pk)
    rule.writers.clear()
    template.writers.clear()

    migration = importlib.import_module("careplans.library.migrations.0003_writers")
    migration.first_writers(apps, None)

    assert set(rule.writers.all()) == {priya, henrik}
    assert set(template.writers.all()) == {priya, third}


@every_kind
def test_a_dropped_draft_does_not_launder_its_writers_words(
    model: Any, priya: User, henrik: User, third: User
) -> None:
    """Words nobody approved stay their writers' own, in the draft that begins with them and in the one after that."""
    draft = draft_of(model, henrik)
    for _time in range(2):
        drop_draft(version=draft, reason="Begun in the wrong place.", by=henrik, now=NOW)
        draft.refresh_from_db()
        draft = start_version(of=draft, by=priya, now=NOW)
    submit_for_review(version=draft, by=priya, now=NOW)
    with pytest.raises(ReviewRefusal, match="You wrote this version"):
        approve_version(version=draft, by=henrik, now=NOW)
    approve_version(version=draft, by=third, now=NOW)
    draft.refresh_from_db()
    assert {*start_version(of=draft, by=third, now=NOW).writers.all()} == {third}
