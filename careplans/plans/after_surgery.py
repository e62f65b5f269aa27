"""What an operation on the spine means for each day after it, whatever template the plan came from. Pure.

The numbers stand in ``careplans.library.surgery``; this says on which stretch of days they count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from careplans.library.surgery import SLOWEST, starting_days

Limit = Literal["cold_to_heat", "clearance"]
# What a safety rule may ask for: fact codes of the patients' room, held by a test.
HAD_SURGERY = "spinal_surgery"
FUSION_HEALS = "spinal_fusion_healing"


@dataclass(frozen=True)
class Surgery:
    """An operation of the patient, done or planned: its type and its day."""

    type: str
    on: date

    def usual_day(self, limit: Limit) -> date:
        """The first day on which heat, or load, may follow when nobody wrote down the surgeon's day."""
        days = starting_days(self.type) or SLOWEST
        after = days.cold_to_heat_day if limit == "cold_to_heat" else days.clearance_day
        return self.on + timedelta(days=after)

    def codes_between(self, first: date, last: date) -> Iterator[str]:
        """The facts that are true because of this surgery on any day from ``first`` to ``last``."""
        if last < self.on:
            return
        yield HAD_SURGERY
        heals = (starting_days(self.type) or SLOWEST).fusion_heals_days
        if heals is not None and first < self.on + timedelta(days=heals):
            yield FUSION_HEALS


def codes_of(surgeries: Iterable[Surgery], first: date, last: date) -> frozenset[str]:
    return frozenset(code for one in surgeries for code in one.codes_between(first, last))


def waits(
    surgeries: Iterable[Surgery], limit: Limit, *, written: date | None, counts_from: date
) -> Iterator[tuple[date, date]]:
    """Stretches of days on which heat or load must wait: from the first day to the day before the second.

    ``written`` is the plan's own day. It leads for the surgery it ``counts_from``; beside it the usual days of any
    other surgery count.
    """
    if written is not None:
        yield date.min, written
    for one in surgeries:
        if written is None or one.on != counts_from:
            yield one.on, one.usual_day(limit)
