"""What the verbs of review and of retiring share: one step of one version, by compare-and-set and in the trail."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F, Max
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import record_change
from careplans.core.refusals import Refusal
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    ReviewedContent,
    ReviewState,
    SafetyRule,
    TemplateVersion,
)
from careplans.library.search import index_version

Content = TypeVar("Content", bound=ReviewedContent)

MOVES = {
    ReviewState.DRAFT: {ReviewState.IN_REVIEW, ReviewState.RETIRED},
    ReviewState.IN_REVIEW: {ReviewState.APPROVED, ReviewState.DRAFT, ReviewState.RETIRED},
    ReviewState.APPROVED: {ReviewState.RETIRED},
    ReviewState.RETIRED: set(),
}


class ReviewRefusal(Refusal):
    """The content cannot take that step now."""


class StaleVersion(ReviewRefusal):
    """Somebody else changed the draft since it was opened; nothing was saved."""


def hold_draft(*, version: Content, revision: int, by: User, now: datetime) -> Content:
    """The draft for writing in: held until the transaction ends, its revision raised, its writer noted for good.

    Raises ``StaleVersion`` when it was changed since ``revision``, ``ReviewRefusal`` when it is no draft any more.
    """
    stored = hold(version)
    if stored is None or stored.state != ReviewState.DRAFT:
        raise ReviewRefusal(_("This version is no longer a draft. Ask a reviewer to send it back."))
    if stored.revision != revision:
        raise StaleVersion(
            _(
                "Somebody else saved this draft while you were writing. Yours was not saved; compare it with theirs below."
            )
        )
    type(stored)._default_manager.filter(pk=stored.pk).update(revision=F("revision") + 1)
    stored.refresh_from_db()
    note_writer(stored, by, now)
    return stored


def note_writer(version: ReviewedContent, by: User, now: datetime) -> None:
    """Keep for good that ``by`` wrote in this draft, however often it is sent back; for who holds it or just began it."""
    if not version.writers.filter(pk=by.pk).exists():
        version.writers.add(by)
        record("writer_noted", version, by, now)


def hold(version: Content) -> Content | None:
    """The version as stored, kept from others until the transaction ends, and before it what it is a version of.

    Always in this order, as a recall does: two who wait for one another crosswise would both be thrown out.
    """
    hold_name(version)
    return version.held().first()


def hold_seen(version: Content, revision: int | None, state: str | None = None) -> Content | None:
    """The same, refused when it is not what was seen: ``revision`` and ``state`` of the page, None where nobody looked."""
    stored = hold(version)
    if stored is not None and (revision not in {None, stored.revision} or state not in {None, stored.state}):
        raise StaleVersion(
            _("Somebody changed this version since you opened it. Read it again before you decide.")
        )
    return stored


def hold_name(version: ReviewedContent) -> None:
    """Nobody changes code or kind, recalls it or finds it in the index half written, until the transaction ends."""
    match version:
        case ComponentVersion():
            version.component.held().first()
        case TemplateVersion():
            version.template.held().first()


def move(version: ReviewedContent, state: ReviewState, **fields: Any) -> None:
    """Compare-and-set: of two people who decide at once, one is told that it was too late. What is found follows."""
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
    index_version(version)


def record(what: str, version: ReviewedContent, by: User, now: datetime, **details: Any) -> None:
    record_change(
        by=by,
        action=f"{version._meta.model_name}.{what}",
        subject=version,
        now=now,
        clinic_id=clinic_id_of(version),
        details={"number": version.number, **details},
    )


def next_number(version: ReviewedContent) -> int:
    return (version.versions().aggregate(last=Max("number"))["last"] or 0) + 1


def clinic_id_of(version: ReviewedContent) -> uuid.UUID:
    match version:
        case ComponentVersion():
            return version.component.clinic_id
        case TemplateVersion():
            return version.template.clinic_id
        case SafetyRule() | RedFlag():
            return version.clinic_id
    raise TypeError(type(version))
