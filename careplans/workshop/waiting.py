"""What waits for a person among the library's versions: to review, to confirm, to write on, to look at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, overload

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Permission
from careplans.library.models import Retirement, ReviewComment, ReviewState
from careplans.library.retire import FIELDS
from careplans.library.search import OPEN
from careplans.workshop.kinds import KINDS, Kind, kind_of, title_of
from careplans.workshop.places import version_url
from careplans.workshop.selectors import proposals_in, recalls_asked_in


@dataclass(frozen=True)
class WaitingRow:
    """One version. ``key`` names it in a form, with the revision that was seen."""

    key: str
    kind: str
    title: str
    number: int
    url: str
    # Who submitted it last, and everybody who wrote in it.
    submitter: str
    writers: str
    since: datetime | date
    is_own: bool
    is_sent_back: bool
    # It came with Careplans, and what it would replace is the clinic's own.
    replaces_own: bool


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
        found.append(recalls_asked_in(clinic).prefetch_related(None).exclude(said_by=user))
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


class Waiting(Sequence[WaitingRow]):
    """Versions of every kind in one order. Only those of the page that is asked for are read."""

    def __init__(self, found: Mapping[Kind, QuerySet[Any]], user: User, *order: str, told: str) -> None:
        """``order``: what goes first, by fields; at last by kind and code. ``told``: the field of "since"."""
        self.found, self.user, self.told = found, user, told
        keys = [
            (rank, place, code, pk, kind)
            for place, (kind, rows) in enumerate(found.items())
            for pk, code, *rank in rows.order_by().values_list("pk", _code_in(kind), *order)
        ]
        self.keys = [(kind, pk) for _rank, _place, _code, pk, kind in sorted(keys, key=lambda key: key[:4])]

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, which: int) -> WaitingRow: ...
    @overload
    def __getitem__(self, which: slice) -> list[WaitingRow]: ...
    def __getitem__(self, which: int | slice) -> WaitingRow | list[WaitingRow]:
        if isinstance(which, int):
            return self._read([self.keys[which]])[0]
        return self._read(self.keys[which])

    def _read(self, keys: list[tuple[Kind, Any]]) -> list[WaitingRow]:
        read: dict[Any, WaitingRow] = {}
        for kind, rows in self.found.items():
            asked = [pk for one, pk in keys if one is kind]
            if asked:
                versions = _loaded(rows.filter(pk__in=asked), self.user)
                read |= {one.pk: _row(one, self.user, getattr(one, self.told)) for one in versions}
        # What somebody else took on between the two queries is left out.
        return [read[pk] for _kind, pk in keys if pk in read]


def in_review(clinic: Clinic, user: User, *, from_starter: bool) -> Waiting:
    """Oldest first: what colleagues wrote, or what came with a release of Careplans."""
    is_starter = ~Q(starter_sha256="") if from_starter else Q(starter_sha256="")
    since = Coalesce("last_submitted_at", "submitted_at")
    found = {
        kind: kind.versions(clinic).filter(is_starter, state=ReviewState.IN_REVIEW).annotate(since=since)
        for kind in KINDS.values()
    }
    return Waiting(found, user, "since", told="since")


def own_drafts(clinic: Clinic, user: User) -> Waiting:
    """Drafts this person wrote in; what was sent back comes first."""
    found = {
        kind: _with_sent_back(kind.versions(clinic).filter(_own(kind, user), state=ReviewState.DRAFT))
        for kind in KINDS.values()
    }
    return Waiting(found, user, "is_first", "created_at", told="created_at")


def due_for_review(clinic: Clinic, user: User, today: date) -> Waiting:
    """Approved content whose review date has come, longest due first."""
    found = {
        kind: kind.versions(clinic).filter(state=ReviewState.APPROVED, review_due_on__lte=today)
        for kind in KINDS.values()
    }
    return Waiting(found, user, "review_due_on", told="review_due_on")


@dataclass(frozen=True)
class RecallAsked:
    """``number``: of the version that was in use when it was asked. ``is_in_use``: it still is."""

    comment: ReviewComment
    title: str
    url: str
    number: int
    is_in_use: bool


def recalls_asked(clinic: Clinic) -> list[RecallAsked]:
    """Oldest first."""
    return [_asked(one) for one in recalls_asked_in(clinic).order_by("said_at")]


def _asked(comment: ReviewComment) -> RecallAsked:
    version: Any = comment.version
    is_in_use = version.state == ReviewState.APPROVED
    return RecallAsked(comment, title_of(version), version_url(version), version.number, is_in_use)


def proposals(clinic: Clinic, user: User) -> list[ProposalRow]:
    rows = []
    for one in proposals_in(clinic).waiting().order_by("proposed_at"):
        version: Any = one.version
        kind = str(kind_of(version).label)
        rows.append(
            ProposalRow(one, kind, title_of(version), version_url(version), one.proposed_by_id == user.pk)
        )
    return rows


def _code_in(kind: Kind) -> str:
    """Where a version's code stands."""
    name = kind.model.identity[0].removesuffix("_id")
    return f"{name}__code" if name in ("component", "template") else "code"


def _own(kind: Kind, user: User) -> Q:
    """Whoever wrote anything in it."""
    return Q(Exists(_writing(kind.model, user))) | Q(author=user)


def _writing(model: Any, user: User) -> QuerySet[Any]:
    of_version = {f"{model._meta.model_name}_id": OuterRef("pk")}
    found: QuerySet[Any] = model.writers.through.objects.filter(user_id=user.pk, **of_version)
    return found


def _with_sent_back(found: QuerySet[Any]) -> QuerySet[Any]:
    """``is_first``: 0 for what came back from a reviewer, 1 for all others."""
    came_back = Case(When(_was_sent_back(found.model), then=0), default=1, output_field=IntegerField())
    told: QuerySet[Any] = found.annotate(is_first=came_back)
    return told


def _was_sent_back(model: Any) -> Exists:
    comments = ReviewComment.objects.filter(**{FIELDS[model]: OuterRef("pk")})
    return Exists(comments.filter(kind=ReviewComment.Kind.SENT_BACK))


def _loaded(found: QuerySet[Any], user: User) -> QuerySet[Any]:
    model: Any = found.model
    same = {name: OuterRef(name) for name in model.identity}
    own = model._default_manager.filter(**same, state=ReviewState.APPROVED, starter_sha256="")
    loaded: QuerySet[Any] = (
        found.select_related("author", "last_submitted_by")
        .prefetch_related("writers")
        .annotate(
            was_sent_back=_was_sent_back(model),
            was_written_by_me=Exists(_writing(model, user)),
            comes_upon_own=Exists(own),
        )
    )
    return loaded


def _row(version: Any, user: User, since: Any) -> WaitingRow:
    kind = kind_of(version)
    is_from_starter = bool(version.starter_sha256)
    return WaitingRow(
        key=f"{kind.code}:{version.pk}:{version.revision}",
        kind=str(kind.label),
        title=title_of(version),
        number=version.number,
        url=version_url(version),
        submitter=version.last_submitted_by.name if version.last_submitted_by else "",
        writers=_writers(version),
        since=since,
        is_own=version.was_written_by_me or version.author_id == user.pk,
        is_sent_back=version.state == ReviewState.DRAFT and version.was_sent_back,
        replaces_own=is_from_starter and version.comes_upon_own,
    )


def _writers(version: Any) -> str:
    """Everybody who wrote in it; Careplans, where its words came with the product."""
    names = {person.name for person in version.writers.all()}
    if version.author is not None:
        names.add(version.author.name)
    told = [_("Careplans")] if version.starter_sha256 else []
    return ", ".join([*told, *sorted(names)])
