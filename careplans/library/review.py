"""The life of reviewed content: draft → in review → approved → retired (``retire``). Nobody approves what they wrote in.

One set of verbs for components, templates, safety rules and red flags: they share ``ReviewedContent``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.core.models import new_uuid
from careplans.library.models import ComponentVersion, ReviewedContent, ReviewState, TemplateVersion
from careplans.library.retire import withdraw_all
from careplans.library.versions import ReviewRefusal, move, next_number, record
from careplans.library.whole import problems_of

Content = TypeVar("Content", bound=ReviewedContent)
REVIEW_EVERY = timedelta(days=730)


@transaction.atomic
def start_version(*, of: Content, by: User, now: datetime) -> Content:
    """A draft that begins with what ``of`` says; the approved one stays in use until the draft is approved."""
    if of.versions().filter(state__in=[ReviewState.DRAFT, ReviewState.IN_REVIEW]).exists():
        raise ReviewRefusal(_("A newer version is being written or reviewed already. Go on with that one."))
    draft: Content = _copy(of, based_on_id=of.pk, revision=1)
    draft.number = next_number(of)
    draft.state = ReviewState.DRAFT
    draft.author, draft.approved_by, draft.approved_at = by, None, None
    draft.created_at, draft.submitted_at, draft.starter_sha256 = now, None, ""
    draft.save()
    _copy_parts(of, draft)
    record("started", draft, by, now)
    note_writer(version=draft, by=by, now=now)
    return draft


@transaction.atomic
def note_writer(*, version: ReviewedContent, by: User, now: datetime) -> None:
    """Keep for good that ``by`` wrote in this draft, whoever began it and however often it is sent back."""
    stored = version.held().first()
    if stored is None or stored.state != ReviewState.DRAFT:
        raise ReviewRefusal(_("This version is no longer a draft. Ask a reviewer to send it back."))
    if not version.writers.filter(pk=by.pk).exists():
        version.writers.add(by)
        record("writer_noted", version, by, now)


@transaction.atomic
def submit_for_review(*, version: ReviewedContent, by: User, now: datetime) -> None:
    _hold_name(version)
    _refuse_unless_whole(version)
    move(version, ReviewState.IN_REVIEW, submitted_at=version.submitted_at or now)
    record("submitted", version, by, now)


@transaction.atomic
def send_back(*, version: ReviewedContent, by: User, now: datetime) -> None:
    """The reviewer wants changes: the draft is open again."""
    move(version, ReviewState.DRAFT)
    record("sent_back", version, by, now)


@transaction.atomic
def approve_version(*, version: ReviewedContent, by: User, now: datetime) -> None:
    """Put a reviewed version into use; the one it replaces retires. Whoever wrote in it cannot approve it."""
    version.held().first()  # who is writing finishes first
    writers = set(version.writers.values_list("pk", flat=True)) | {version.author_id}
    if by.pk in writers:
        raise ReviewRefusal(
            _("You wrote this version or changed something in it. Somebody else has to approve it.")
        )
    if version.state != ReviewState.IN_REVIEW:
        raise ReviewRefusal(_("Only a version that was submitted for review can be approved."))
    _refuse_unless_whole(version)
    replaced = version.versions().filter(state=ReviewState.APPROVED)
    withdraw_all(of=replaced, by=by, now=now)
    replaced.update(state=ReviewState.RETIRED)
    due = now.date() + REVIEW_EVERY
    move(version, ReviewState.APPROVED, approved_by=by, approved_at=now, review_due_on=due)
    record("approved", version, by, now, writers=sorted(str(pk) for pk in writers if pk))


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
