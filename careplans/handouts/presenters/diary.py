"""The days ahead: the first week at a glance, and a diary of two weeks to tick. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from careplans.handouts.presenters.cards import numbered, placed_items
from careplans.handouts.words import date_range, short_day_month, short_weekday
from careplans.library.dose import AdviceDose, SessionsDose
from careplans.plans.document import DocumentItem, PlanDocument

DIARY_DAYS = 14


@dataclass(frozen=True)
class GlanceDay:
    weekday: str
    day: str
    part: int | None
    events: tuple[str, ...]


@dataclass(frozen=True)
class DiaryRow:
    number: int
    title: str
    # One a day: True where there is something to tick.
    days: tuple[bool, ...]


@dataclass(frozen=True)
class DiaryWeek:
    heading: str
    days: tuple[GlanceDay, ...]
    rows: tuple[DiaryRow, ...]


def first_day(document: PlanDocument) -> date:
    """The day the patient begins with this version: no day before it was published."""
    return min(max(document.starts_on, document.published_on), document.ends_on)


def glance(document: PlanDocument) -> tuple[GlanceDay, ...]:
    """Seven days from the first one, with the part of the plan and what happens on them."""
    return tuple(_glance_day(document, day) for day in _days(first_day(document), 7))


def diary(document: PlanDocument) -> tuple[DiaryWeek, ...]:
    """Two weeks from the first day, no further than the plan goes."""
    start = first_day(document)
    weeks = []
    for week in range(DIARY_DAYS // 7):
        days = [day for day in _days(start + timedelta(days=7 * week), 7) if day <= document.ends_on]
        if days:
            weeks.append(_week(document, days))
    return tuple(weeks)


def _days(start: date, number: int) -> list[date]:
    return [start + timedelta(days=index) for index in range(number)]


def _glance_day(document: PlanDocument, day: date) -> GlanceDay:
    numbers = {phase.code: number for number, phase in enumerate(document.phases, start=1)}
    phase = document.phase_on(day)
    events = []
    if phase and phase.starts_on == day and phase is not document.phases[0]:
        events.append(_("Part %(n)s begins") % {"n": numbers[phase.code]})
    events += [
        _("Check-in") if check_in.kind == "scheduled" else _("Last day of a medicine")
        for check_in in document.check_ins
        if check_in.due_on == day
    ]
    return GlanceDay(
        weekday=short_weekday(day),
        day=short_day_month(day),
        part=numbers[phase.code] if phase else None,
        events=tuple(events),
    )


def _week(document: PlanDocument, days: Sequence[date]) -> DiaryWeek:
    rows = []
    numbers = numbered(document)
    for anchor, places in placed_items(document).items():
        ticks = tuple(any(one.phase.starts_on <= day <= one.phase.ends_on for one in places) for day in days)
        if any(ticks) and _is_ticked(places[0].item):
            rows.append(DiaryRow(numbers[anchor], places[0].item.title, ticks))
    return DiaryWeek(
        heading=date_range(days[0], days[-1]),
        days=tuple(_glance_day(document, day) for day in days),
        rows=tuple(rows),
    )


def _is_ticked(item: DocumentItem) -> bool:
    """Only what is done on days: not a therapist's sessions, not advice for whenever it applies."""
    if isinstance(item.dose, AdviceDose):
        return item.dose.frequency == "daily"
    return not isinstance(item.dose, SessionsDose)
