"""What every version's page has in common: its steps and comments, and beside a newer version the one in use."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from careplans.accounts.permissions import Permission
from careplans.library.compare import FieldPair
from careplans.library.models import ReviewedContent, ReviewState
from careplans.workshop.own_words import own_words_in, release_before
from careplans.workshop.places import version_url
from careplans.workshop.said import comparison, names_for
from careplans.workshop.steps import approved_before, steps_for

# No word of the older version is told as the clinic's own.
NOBODYS = object()


@dataclass(frozen=True)
class Group:
    """Fields that belong together, such as those of a phase; ``unchanged`` are folded away."""

    name: str
    changed: tuple[FieldPair, ...]
    unchanged: tuple[FieldPair, ...]

    @property
    def is_gone(self) -> bool:
        """Nothing of it is left, such as of a translation that was taken out."""
        return bool(self.name and self.changed) and not (
            self.unchanged or any(pair.new_lines for pair in self.changed)
        )


@dataclass(frozen=True)
class Comparison:
    old: ReviewedContent
    new: ReviewedContent
    groups: tuple[Group, ...]
    # Of what changed, what the clinic had written itself and would lose.
    own: tuple[FieldPair, ...] = ()

    @property
    def is_changed(self) -> bool:
        return any(group.changed for group in self.groups)


def review_context(version: Any, request: Any) -> dict[str, Any]:
    """``steps``, and ``compared`` where a draft or a version in review would replace an approved one."""
    context: dict[str, Any] = {"steps": steps_for(version, request), "compared": None, "newer": None}
    if Permission.KEEP_LIBRARY not in request.permissions:
        return context
    approved = approved_before(version)
    if approved is not None:
        context["compared"] = _with_own_words(approved, version)
    elif version.state == ReviewState.APPROVED:
        is_open = [ReviewState.DRAFT, ReviewState.IN_REVIEW]
        newer = version.versions().filter(state__in=is_open).first()
        context |= {"newer": newer, "newer_url": version_url(newer) if newer else ""}
    return context


def compared(old: Any, new: Any, *, own_since: Any = NOBODYS) -> Comparison:
    """Two versions of one thing, its fields grouped as they belong together.

    ``own_since``: what ``old`` began with, where ``new`` comes from elsewhere. What differs is then the clinic's own.
    """
    names = names_for(old, new)
    fields_of_both = comparison(old, new, names)
    groups = []
    for name, fields in groupby(fields_of_both, key=lambda field: field.group):
        pairs = list(fields)
        groups.append(
            Group(
                name,
                tuple(pair for pair in pairs if pair.is_changed),
                tuple(pair for pair in pairs if not pair.is_changed and pair.lines),
            )
        )
    own = () if own_since is NOBODYS else own_words_in(fields_of_both, old, own_since, names)
    return Comparison(old, new, tuple(groups), own)


def _with_own_words(approved: Any, version: Any) -> Comparison:
    """A release of Careplans that comes upon what the clinic wrote itself replaces its words."""
    if not version.starter_sha256 or approved.starter_sha256:
        return compared(approved, version)
    return compared(approved, version, own_since=release_before(approved))
