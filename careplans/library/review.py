"""The life of reviewed content: draft → in review → approved → retired (``retire``). Nobody approves what they wrote in.

One set of verbs for components, templates, safety rules and red flags: they share ``ReviewedContent``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.core.models import new_uuid
from careplans.library.comments import keep_comment, what_to_change
from careplans.library.models import (
    ComponentVersion,
    ReviewComment,
    ReviewedContent,
    ReviewState,
    TemplateVersion,
)
from careplans.library.recalled_before import refuse_recalled_words
from careplans.library.retire import withdraw_all
from careplans.library.search import index_version
from careplans.library.translations import refuse_outdated
from careplans.library.versions import (
    ReviewRefusal,
    hold,
    hold_name,
    hold_seen,
    move,
    next_number,
    note_writer,
    record,
)
from careplans.library.whole import problems_of

Content = TypeVar("Content", bound=ReviewedContent)
REVIEW_EVERY = timedelta(days=730)


@transaction.atomic
def start_version(*, of: Content, by: User, now: datetime) -> Content:
    """A draft that begins with what ``of`` says; the approved one stays in use until the draft is approved."""
    hold_name(of)
    list(of.versions().select_for_update().order_by("number"))  # of two who start one, the second finds it
    if of.versions().filter(state__in=[ReviewState.DRAFT, ReviewState.IN_REVIEW]).exists():
        raise ReviewRefusal(_("A newer version is being written or reviewed already. Go on with that one."))
    draft = draft_like(of, by, now, number=next_number(of))
    record("started", draft, by, now)
    note_writer(draft, by, now)
    index_version(draft)
    return draft


def draft_like(of: Content, by: User, now: datetime, *, number: int, **belongs_to: Any) -> Content:
    """A draft that says all that ``of`` says, of the same thing or of the one it ``belongs_to``; for verbs that record it.

    Words that nobody ever approved are still their writers' own, whoever goes on with them.
    """
    draft: Content = _copy(of, based_on_id=of.pk, revision=1, **belongs_to)
    draft.number = number
    draft.state = ReviewState.DRAFT
    draft.author, draft.approved_by, draft.approved_at = by, None, None
    draft.created_at, draft.submitted_at, draft.starter_sha256 = now, None, ""
    draft.review_due_on = now.date() + _planned(of.review_due_on - (of.approved_at or of.created_at).date())
    draft.last_submitted_at, draft.last_submitted_by = None, None
    draft.checked_languages = {}
    draft.save()
    _copy_parts(of, draft)
    if of.approved_at is None:
        draft.writers.add(*(_writers(of) - {None, by.pk}))
    return draft


@transaction.atomic
def submit_for_review(
    *, version: ReviewedContent, by: User, now: datetime, revision: int | None = None
) -> None:
    """From here on nobody writes in it. ``revision``: what the submitter saw last, where that matters."""
    stored = hold_seen(version, revision)
    _refuse_unless_whole(version)
    refuse_outdated(stored or version)
    first = version.submitted_at or now
    move(
        version,
        ReviewState.IN_REVIEW,
        submitted_at=first,
        last_submitted_at=now,
        last_submitted_by=by,
    )
    record("submitted", version, by, now)


@transaction.atomic
def send_back(
    *, version: ReviewedContent, comment: str, by: User, now: datetime, revision: int | None = None
) -> ReviewComment:
    """The reviewer wants changes and says which: the draft is open again."""
    text = what_to_change(comment)
    hold_seen(version, revision)
    if version.state != ReviewState.IN_REVIEW:
        raise ReviewRefusal(_("Only a version that was submitted for review can be sent back."))
    move(version, ReviewState.DRAFT)
    kept = keep_comment(version, text, by, now, ReviewComment.Kind.SENT_BACK)
    record("sent_back", version, by, now, comment=str(kept.pk))
    return kept


@transaction.atomic
def approve_version(
    *, version: ReviewedContent, by: User, now: datetime, revision: int | None = None
) -> None:
    """Put a reviewed version into use; the one it replaces retires. Whoever wrote in it cannot approve it.

    ``revision`` is what the reviewer read: what was sent back and changed meanwhile is not approved unread.
    """
    hold_seen(version, revision)  # who is writing finishes first
    writers = _writers(version)
    if by.pk in writers:
        raise ReviewRefusal(
            _("You wrote this version or changed something in it. Somebody else has to approve it.")
        )
    if version.state != ReviewState.IN_REVIEW:
        raise ReviewRefusal(_("Only a version that was submitted for review can be approved."))
    _refuse_unless_whole(version)
    refuse_recalled_words(version)
    _refuse_older(version)
    replaced = version.versions().filter(state=ReviewState.APPROVED)
    withdraw_all(of=replaced, by=by, now=now)
    replaced.update(state=ReviewState.RETIRED)
    due = now.date() + _planned(version.review_due_on - version.created_at.date())
    move(version, ReviewState.APPROVED, approved_by=by, approved_at=now, review_due_on=due)
    record("approved", version, by, now, writers=sorted(str(pk) for pk in writers if pk))


@transaction.atomic
def keep_version(
    *, version: ReviewedContent, seen_due_on: date, due_on: date, by: User, now: datetime
) -> None:
    """At the review date: read again, still right, next looked at on ``due_on``. Not a word of it changes.

    Four eyes as with approving: who wrote in it does not confirm it, or one person could carry their own text on for
    ever. ``seen_due_on`` is the date the reviewer saw: of two who confirm at once, one is told.
    """
    hold(version)
    if version.state != ReviewState.APPROVED:
        raise ReviewRefusal(_("Only an approved version can be confirmed."))
    if by.pk in _writers(version):
        raise ReviewRefusal(
            _("You wrote in this version. Somebody else has to confirm that it is still right.")
        )
    if not now.date() < due_on <= now.date() + REVIEW_EVERY:
        raise ReviewRefusal(_("The next review lies ahead, and at most two years ahead."))
    same = type(version)._default_manager.filter(
        pk=version.pk, state=ReviewState.APPROVED, review_due_on=seen_due_on
    )
    if not same.update(review_due_on=due_on):
        raise ReviewRefusal(_("Somebody else was first: this was confirmed or retired already."))
    version.refresh_from_db()
    record("kept", version, by, now, due_on=due_on.isoformat(), was_due_on=seen_due_on.isoformat())
    index_version(version)


def _planned(time: timedelta) -> timedelta:
    """After how long a version is looked at again: as its writers planned, and two years at most."""
    return time if timedelta() < time < REVIEW_EVERY else REVIEW_EVERY


def _writers(version: ReviewedContent) -> set[Any]:
    return set(version.writers.values_list("pk", flat=True)) | {version.author_id}


def _refuse_older(version: ReviewedContent) -> None:
    """Plans and recalls go by the number: what is newer was never in use before what is older."""
    in_use = version.versions().filter(number__gt=version.number, approved_at__isnull=False)
    newest = in_use.order_by("-number").first()
    if newest is not None:
        raise ReviewRefusal(
            _(
                "Version %(newer)d was approved already, and this is version %(number)d. What is older cannot take the place of what is newer: retire this one, and write what is still missing in a new version."
            )
            % {"newer": newest.number, "number": version.number}
        )


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
