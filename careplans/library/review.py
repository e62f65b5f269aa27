"""The life of reviewed content: draft → in review → approved → retired. The author cannot approve.

One set of verbs for components, templates, safety rules and red flags: they share ``ReviewedContent``.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import record_change
from careplans.core.models import new_uuid
from careplans.core.refusals import Refusal
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    ReviewedContent,
    ReviewState,
    SafetyRule,
    TemplateVersion,
)
from careplans.library.whole import problems_of

Content = TypeVar("Content", bound=ReviewedContent)
REVIEW_EVERY = timedelta(days=730)
MOVES = {
    ReviewState.DRAFT: {ReviewState.IN_REVIEW, ReviewState.RETIRED},
    ReviewState.IN_REVIEW: {ReviewState.APPROVED, ReviewState.DRAFT, ReviewState.RETIRED},
    ReviewState.APPROVED: {ReviewState.RETIRED},
    ReviewState.RETIRED: set(),
}


class ReviewRefusal(Refusal):
    """The content cannot take that step now."""


@transaction.atomic
def start_version(*, of: Content, by: User, now: datetime) -> Content:
    """A draft that begins with what ``of`` says; the approved one stays in use until the draft is approved."""
    if versions_of(of).filter(state__in=[ReviewState.DRAFT, ReviewState.IN_REVIEW]).exists():
        raise ReviewRefusal(_("A newer version is being written or reviewed already. Go on with that one."))
    draft: Content = _copy(of)
    draft.number = next_number(of)
    draft.state = ReviewState.DRAFT
    draft.author, draft.approved_by, draft.approved_at = by, None, None
    draft.created_at, draft.submitted_at, draft.starter_sha256 = now, None, ""
    draft.save()
    _copy_parts(of, draft)
    _record("started", draft, by, now)
    return draft


@transaction.atomic
def submit_for_review(*, version: ReviewedContent, by: User, now: datetime) -> None:
    _hold_name(version)
    _refuse_unless_whole(version)
    _move(version, ReviewState.IN_REVIEW, submitted_at=version.submitted_at or now)
    _record("submitted", version, by, now)


@transaction.atomic
def send_back(*, version: ReviewedContent, by: User, now: datetime) -> None:
    """The reviewer wants changes: the draft is open again."""
    _move(version, ReviewState.DRAFT)
    _record("sent_back", version, by, now)


@transaction.atomic
def approve_version(*, version: ReviewedContent, by: User, now: datetime) -> None:
    """Put a reviewed version into use; the one it replaces retires. Whoever wrote it cannot approve it."""
    if version.author_id == by.pk:
        raise ReviewRefusal(_("You wrote this version. Somebody else has to approve it."))
    if version.state != ReviewState.IN_REVIEW:
        raise ReviewRefusal(_("Only a version that was submitted for review can be approved."))
    _refuse_unless_whole(version)
    versions_of(version).filter(state=ReviewState.APPROVED).update(state=ReviewState.RETIRED)
    due = now.date() + REVIEW_EVERY
    _move(version, ReviewState.APPROVED, approved_by=by, approved_at=now, review_due_on=due)
    _record("approved", version, by, now)


@transaction.atomic
def retire_version(*, version: ReviewedContent, by: User, now: datetime) -> None:
    """Take a version out of use. Plans that hold it keep what they say; new ones cannot be published with it."""
    _move(version, ReviewState.RETIRED)
    _record("retired", version, by, now)


def versions_of(version: Content) -> models.QuerySet[Content]:
    """All versions of the same thing."""
    return version.versions()


def next_number(version: ReviewedContent) -> int:
    return (versions_of(version).aggregate(last=Max("number"))["last"] or 0) + 1


def clinic_id_of(version: ReviewedContent) -> uuid.UUID:
    match version:
        case ComponentVersion():
            return version.component.clinic_id
        case TemplateVersion():
            return version.template.clinic_id
        case SafetyRule() | RedFlag():
            return version.clinic_id
    raise TypeError(type(version))


def _hold_name(version: ReviewedContent) -> None:
    """From here on code and kind are settled: nobody changes them in the same moment."""
    match version:
        case ComponentVersion():
            version.component.held().first()
        case TemplateVersion():
            version.template.held().first()


def _refuse_unless_whole(version: ReviewedContent) -> None:
    """Plans and handouts read approved content without asking again."""
    problems = problems_of(version)
    if problems:
        raise ReviewRefusal(
            _("This version is not complete. %(problems)s.") % {"problems": "; ".join(problems)}
        )


def _move(version: ReviewedContent, state: ReviewState, **fields: Any) -> None:
    """Compare-and-set: of two people who decide at once, one is told that it was too late."""
    allowed_from = [old for old, new in MOVES.items() if state in new]
    manager = type(version)._default_manager
    moved = manager.filter(pk=version.pk, state=version.state, state__in=allowed_from).update(
        state=state, **fields
    )
    if not moved:
        raise ReviewRefusal(
            _("This version is not in a state for that, or somebody else was first. Look at it again.")
        )
    version.refresh_from_db()


def _copy(row: Any, **changes: Any) -> Any:
    """An unsaved copy with a key of its own."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**(values | {"id": new_uuid()} | changes))


def _copy_parts(of: ReviewedContent, draft: ReviewedContent) -> None:
    if isinstance(of, ComponentVersion):
        for text in of.texts.all():
            _copy(text, version_id=draft.pk).save()
    if isinstance(of, TemplateVersion):
        for phase in of.phases.prefetch_related("items"):
            copied = _copy(phase, version_id=draft.pk)
            copied.save()
            for item in phase.items.all():
                _copy(item, phase_id=copied.pk).save()


def _record(what: str, version: ReviewedContent, by: User, now: datetime) -> None:
    record_change(
        by=by,
        action=f"{version._meta.model_name}.{what}",
        subject=version,
        now=now,
        clinic_id=clinic_id_of(version),
        details={"number": version.number},
    )
