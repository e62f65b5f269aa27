"""Whether a change of plan, or its end, takes something from the patient earlier than was told. Pure, over days."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

from careplans.plans.document import DocumentItem, DocumentPhase

A_DAY = timedelta(days=1)


def days_of(item: DocumentItem, phase: DocumentPhase) -> frozenset[date]:
    """The days on which an item is done: those of its course, else of its phase."""
    if item.course_days is None:
        first, last = phase.starts_on, phase.ends_on
    elif item.course is not None:
        first, last = item.course.starts_on, item.course.ends_on
    else:
        return frozenset()
    return frozenset(first + timedelta(days=number) for number in range((last - first).days + 1))


def stops_early(told: Set[date], now: Set[date], *, today: date, lately: int) -> bool:
    """Whether what was ``told`` for some days, and has begun, stops earlier by ``now``, or stopped lately for good.

    ``lately`` is the number of days after its last one for which an end still counts: somebody who ran out three
    days ago has stopped too. What has not begun yet may be taken out: nobody stops it.
    """
    begun = max((day for day in told if day <= today), default=None)
    if begun is None or (today - begun).days > lately:
        return False
    if not any(day >= today for day in now):
        return True
    behind = {day for day in told if day < today}
    return _end_of_run(begun, behind | now) < _end_of_run(begun, told)


def _end_of_run(day: date, days: Set[date]) -> date:
    """The last of the days that follow ``day`` without a day between; the day before it when it is not among them."""
    while day in days:
        day += A_DAY
    return day - A_DAY
