"""Which alerts an answer raises. Pure.

A change of 2 points or 30 % on a 0–10 pain scale is the smallest one that matters to patients (Farrar et al.,
Pain 2001;94:149–158); here it is read as a rise. A question that was not answered raises nothing, and is no zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from careplans.checkins.tiers import Tier

WORSE_BY_POINTS = 2
WORSE_BY_PER_CENT = 30

PAIN_NOW = "pain_now"
SINCE_FIRST = "since_first"
SINCE_LAST = "since_last"
ASKED = "asked"


@dataclass(frozen=True)
class Signal:
    """One reason to involve a person; ``causes`` are codes."""

    tier: Tier
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What was said, as far as it was. Pain 0–10."""

    red_flags: Mapping[str, bool] = field(default_factory=dict)
    pain_now: int | None = None
    side_effects: tuple[str, ...] = ()
    wants_call: bool = False


@dataclass(frozen=True)
class Before:
    """Pain in the plan's first answer and in the one before this; None when there is none."""

    first: int | None = None
    last: int | None = None


def is_worse(now: int, before: int) -> bool:
    """True from 2 points, or from 30 % of the earlier score; a percentage of zero says nothing."""
    rise = now - before
    return rise >= WORSE_BY_POINTS or (before > 0 and rise * 100 >= WORSE_BY_PER_CENT * before)


def signals_of(said: Said, *, before: Before, threshold: int) -> tuple[Signal, ...]:
    """All that this answer raises, most urgent first, at most one signal a tier."""
    flags = tuple(sorted(code for code, is_yes in said.red_flags.items() if is_yes))
    found = [
        Signal(Tier.RED_FLAG, flags),
        Signal(Tier.THRESHOLD, _over_threshold(said.pain_now, threshold)),
        Signal(Tier.WORSENING, _worsening(said.pain_now, before)),
        Signal(Tier.SIDE_EFFECT, tuple(sorted(set(said.side_effects)))),
        Signal(Tier.WANTS_CALL, (ASKED,) if said.wants_call else ()),
    ]
    return tuple(signal for signal in found if signal.causes)


def _over_threshold(pain: int | None, threshold: int) -> tuple[str, ...]:
    return (PAIN_NOW,) if pain is not None and pain >= threshold else ()


def _worsening(pain: int | None, before: Before) -> tuple[str, ...]:
    if pain is None:
        return ()
    compared = [(SINCE_FIRST, before.first), (SINCE_LAST, before.last)]
    return tuple(code for code, score in compared if score is not None and is_worse(pain, score))
