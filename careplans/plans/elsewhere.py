"""Days of a medicine in the patient's other plans: a second plan does not begin a course anew. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from careplans.plans.document import PlanDocument

# A pause of up to a week makes no new course. Our own value: no source names one.
DAYS_OF_A_PAUSE = 7


@dataclass(frozen=True)
class Told:
    """A published version and the last day on which it held: it was replaced or its plan ended; None while it holds."""

    document: PlanDocument
    until: date | None


def told_in_turn(documents: Sequence[PlanDocument], ended_on: date | None) -> Iterator[Told]:
    """The versions of one plan, oldest first, each until the day before the next one."""
    for version, following in pairwise(documents):
        yield Told(version, following.published_on - timedelta(days=1))
    if documents:
        yield Told(documents[-1], ended_on)


def medicine_days(told: Iterable[Told], component_code: str) -> frozenset[date]:
    """The days on which the versions, while each held, gave this medicine."""
    return frozenset(
        day
        for one in told
        for day in one.document.medicine_days(component_code)
        if day >= one.document.published_on and (one.until is None or day <= one.until)
    )


def days_that_touch(here: Set[date], elsewhere: Set[date]) -> int:
    """How many days ``elsewhere`` belong to a course that also has days ``here``; a day of both counts here."""
    return sum(len(run - here) for run in _runs(here | elsewhere) if not run.isdisjoint(here))


def _runs(days: Set[date]) -> Iterator[set[date]]:
    """The days cut apart wherever more than a pause lies between two of them."""
    run: set[date] = set()
    last: date | None = None
    for day in sorted(days):
        if last is not None and (day - last).days - 1 > DAYS_OF_A_PAUSE:
            yield run
            run = set()
        run.add(day)
        last = day
    if run:
        yield run
