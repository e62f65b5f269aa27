"""What every version's page has in common: its steps and comments, and beside a newer version the one in use."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from careplans.accounts.permissions import Permission
from careplans.library.compare import FieldPair
from careplans.library.models import ReviewedContent, ReviewState
from careplans.workshop.said import comparison
from careplans.workshop.steps import approved_before, steps_for


@dataclass(frozen=True)
class Group:
    """Fields that belong together, such as those of a phase; ``unchanged`` are folded away."""

    name: str
    changed: tuple[FieldPair, ...]
    unchanged: tuple[FieldPair, ...]


@dataclass(frozen=True)
class Comparison:
    old: ReviewedContent
    new: ReviewedContent
    groups: tuple[Group, ...]

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
        context["compared"] = compared(approved, version)
    elif version.state == ReviewState.APPROVED:
        is_open = [ReviewState.DRAFT, ReviewState.IN_REVIEW]
        context["newer"] = version.versions().filter(state__in=is_open).first()
    return context


def compared(old: Any, new: Any) -> Comparison:
    """Two versions of one thing, its fields grouped as they belong together."""
    groups = []
    for name, fields in groupby(comparison(old, new), key=lambda field: field.group):
        pairs = list(fields)
        groups.append(
            Group(
                name,
                tuple(pair for pair in pairs if pair.is_changed),
                tuple(pair for pair in pairs if not pair.is_changed and pair.lines),
            )
        )
    return Comparison(old, new, tuple(groups))
