"""The course the plan expects: from the first answer, phase by phase, to the pain at which it moves on. Pure.

It rests on nothing but the published criteria of the phases; where a phase names no pain there is nothing to expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from careplans.core.charts import Point
from careplans.plans.document import DocumentPhase

Expected = tuple[date, float]


@dataclass(frozen=True)
class Aim:
    """Pain of at most ``pain`` when the phase ends."""

    on: date
    pain: int


def expected_course(phases: Sequence[DocumentPhase], points: Sequence[Point]) -> tuple[Expected, ...]:
    """Pain 0–10 by day, from the first answer to the last day in ``points``; empty where that is no line.

    It never rises: who begins below the aim of a phase is expected to stay there.
    """
    answered = sorted((day, now) for day, now, _worst in points if now is not None)
    if not answered:
        return ()
    first, last = answered[0], max(point[0] for point in points)
    course: list[Expected] = [(first[0], float(first[1]))]
    for aim in _aims(phases):
        if aim.on > course[-1][0]:
            course.append((aim.on, min(course[-1][1], float(aim.pain))))
    return _until(course, last)


def aim_on(phases: Sequence[DocumentPhase], day: date) -> Aim | None:
    """What the plan expects next, seen from ``day``."""
    return next((aim for aim in _aims(phases) if aim.on >= day), None)


def _aims(phases: Sequence[DocumentPhase]) -> list[Aim]:
    return [
        Aim(phase.ends_on, phase.criteria.pain_at_most)
        for phase in phases
        if phase.criteria.pain_at_most is not None
    ]


def _until(course: Sequence[Expected], last: date) -> tuple[Expected, ...]:
    """Cut at ``last``, so that days to come do not press the answers together."""
    kept = [point for point in course if point[0] <= last]
    for (day, pain), (next_day, next_pain) in pairwise(course):
        if day < last < next_day:
            share = (last - day).days / (next_day - day).days
            kept.append((last, round(pain + (next_pain - pain) * share, 2)))
    return tuple(kept) if len(kept) > 1 else ()
