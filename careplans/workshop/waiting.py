"""What waits for a person among the library's versions: to review, to confirm, to write on, to look at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Permission
from careplans.library.models import Retirement, ReviewComment, ReviewState
from careplans.library.retire import FIELDS
from careplans.library.search import OPEN
from careplans.workshop.kinds import KINDS, Kind, kind_of, title_of
from careplans.workshop.places import version_url
from careplans.workshop.selectors import proposals_in

# More rows than anybody reads through at once; the rest is told as a number.
MOST_ROWS = 200


@dataclass(frozen=True)
class WaitingRow:
    """One version. ``key`` names it in a form, with the revision that was seen."""

    key: str
    kind: str
    title: str
    number: int
    url: str
    who: str
    since: datetime | date
    is_own: bool
    is_from_starter: bool
    is_sent_back: bool


@dataclass(frozen=True)
class ProposalRow:
    retirement: Retirement
    kind: str
    title: str
    url: str
    is_own: bool


def waiting_count(clinic: Clinic, user: User, may: frozenset[Permission]) -> int:
    """What waits for this person, for the rail: one query, and none for who neither writes nor reviews."""
    if not may & {Permission.REVIEW_LIBRARY, Permission.EDIT_LIBRARY}:
        return 0
    found: list[QuerySet[Any]] = [_waiting_in(kind, clinic, user, may) for kind in KINDS.values()]
    if Permission.REVIEW_LIBRARY in may:
        found.append(Retirement.objects.waiting().filter(clinic=clinic).exclude(proposed_by=user))
    first, *others = (rows.order_by().values_list("pk") for rows in found)
    return first.union(*others, all=True).count()


def _waiting_in(kind: Kind, clinic: Clinic, user: User, may: frozenset[Permission]) -> QuerySet[Any]:
    """For a reviewer what others submitted, for an editor what was sent back to them; for whoever is both, both."""
    own, waits = _own(kind, user), Q()
    if Permission.REVIEW_LIBRARY in may:
        waits |= Q(state=ReviewState.IN_REVIEW) & ~own
    if Permission.EDIT_LIBRARY in may:
        waits |= Q(state=ReviewState.DRAFT, submitted_at__isnull=False) & own
    open_ones = kind.model._default_manager.filter(state__in=OPEN, **{kind.clinic_path: clinic})
    return open_ones.filter(waits)


def in_review(clinic: Clinic, user: User) -> list[WaitingRow]:
    """Oldest first."""
    found = [version for kind in KINDS.values() for version in _loaded(_in_review(kind, clinic), user)]
    rows = [_row(one, user, one.last_submitted_at or one.submitted_at) for one in found]
    return sorted(rows, key=lambda row: (row.since, row.title))[:MOST_ROWS]


def own_drafts(clinic: Clinic, user: User) -> list[WaitingRow]:
    """Drafts this person wrote in; what was sent back comes first."""
    rows = []
    for kind in KINDS.values():
        for version in _loaded(_drafts(kind, clinic, user), user):
            rows.append(_row(version, user, version.created_at, is_draft=True))
    return sorted(rows, key=lambda row: (not row.is_sent_back, row.since, row.title))[:MOST_ROWS]


def due_for_review(clinic: Clinic, user: User, today: date) -> list[WaitingRow]:
    """Approved content whose review date has come, longest due first."""
    rows = []
    for kind in KINDS.values():
        due = kind.versions(clinic).filter(state=ReviewState.APPROVED, review_due_on__lte=today)
        for version in _loaded(due.order_by("review_due_on"), user)[:MOST_ROWS]:
            rows.append(_row(version, user, version.review_due_on))
    return sorted(rows, key=lambda row: (row.since, row.title))[:MOST_ROWS]


def proposals(clinic: Clinic, user: User) -> list[ProposalRow]:
    rows = []
    for one in proposals_in(clinic).waiting().order_by("proposed_at"):
        version: Any = one.version
        kind = str(kind_of(version).label)
        rows.append(
            ProposalRow(one, kind, title_of(version), version_url(version), one.proposed_by_id == user.pk)
        )
    return rows


def _in_review(kind: Kind, clinic: Clinic) -> QuerySet[Any]:
    return kind.versions(clinic).filter(state=ReviewState.IN_REVIEW)


def _drafts(kind: Kind, clinic: Clinic, user: User) -> QuerySet[Any]:
    return kind.versions(clinic).filter(_own(kind, user), state=ReviewState.DRAFT)


def _own(kind: Kind, user: User) -> Q:
    """Whoever wrote anything in it."""
    return Q(Exists(_writing(kind.model, user))) | Q(author=user)


def _writing(model: Any, user: User) -> QuerySet[Any]:
    of_version = {f"{model._meta.model_name}_id": OuterRef("pk")}
    found: QuerySet[Any] = model.writers.through.objects.filter(user_id=user.pk, **of_version)
    return found


def _loaded(found: QuerySet[Any], user: User) -> QuerySet[Any]:
    sent_back = ReviewComment.objects.filter(
        **{FIELDS[found.model]: OuterRef("pk")}, kind=ReviewComment.Kind.SENT_BACK
    )
    loaded: QuerySet[Any] = found.select_related("author", "last_submitted_by").annotate(
        was_sent_back=Exists(sent_back), was_written_by_me=Exists(_writing(found.model, user))
    )
    return loaded


def _row(version: Any, user: User, since: Any, *, is_draft: bool = False) -> WaitingRow:
    kind = kind_of(version)
    return WaitingRow(
        key=f"{kind.code}:{version.pk}:{version.revision}",
        kind=str(kind.label),
        title=title_of(version),
        number=version.number,
        url=version_url(version),
        who=_who(version),
        since=since,
        is_own=version.was_written_by_me or version.author_id == user.pk,
        is_from_starter=bool(version.starter_sha256),
        is_sent_back=is_draft and version.was_sent_back,
    )


def _who(version: Any) -> str:
    person = version.last_submitted_by or version.author
    return person.name if person else _("Careplans")
