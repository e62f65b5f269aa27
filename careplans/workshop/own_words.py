"""What a clinic wrote itself and would lose to a newer text from elsewhere: told before anybody lets that happen."""

from __future__ import annotations

from typing import Any

from careplans.library.compare import FieldPair
from careplans.library.models import ReviewedContent, ReviewState
from careplans.workshop.said import Names, said_by


def own_words_in(
    pairs: tuple[FieldPair, ...], own: Any, began_with: Any, names: Names
) -> tuple[FieldPair, ...]:
    """Of the changed ``pairs``, those in which ``own`` no longer says what it began with.

    Without a beginning to look at every one of them may be the clinic's own. ``names``: those of the pairs.
    """
    changed = [pair for pair in pairs if pair.is_changed]
    if began_with is None:
        return tuple(changed)
    before = {one.name: one.lines for one in said_by(began_with, names)}
    now = {one.name: one.lines for one in said_by(own, names)}
    return tuple(pair for pair in changed if _lines(before, pair) != _lines(now, pair))


def replaces_own(version: Any) -> bool:
    """Whether a version that came with Careplans would take the place of what the clinic wrote itself."""
    own = version.versions().filter(state=ReviewState.APPROVED, starter_sha256="")
    return bool(version.starter_sha256 and own.exists())


def release_before(version: Any) -> ReviewedContent | None:
    """The text of Careplans that a clinic's version goes back to; None for what never came with it."""
    seen = version
    while seen.based_on is not None and not seen.starter_sha256:
        seen = seen.based_on
    if seen.starter_sha256:
        return seen  # type: ignore[no-any-return]  # a version of any kind
    earlier = version.versions().filter(number__lt=version.number).exclude(starter_sha256="")
    return earlier.order_by("-number").first()  # type: ignore[no-any-return]  # the same


def _lines(said: dict[tuple[str, str], tuple[str, ...]], pair: FieldPair) -> tuple[str, ...]:
    return said.get((pair.group, pair.label), ())
