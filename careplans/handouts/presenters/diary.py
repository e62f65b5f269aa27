"""The days ahead: the first week at a glance, and a diary of two weeks to tick. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from careplans.handouts.presenters.cards import numbered, placed_items
from careplans.handouts.words import date_range, short_day_month, short_weekday
from careplans.library.dose import AdviceDose, MedicineDose, SessionsDose
from careplans.plans.courses import goes_on_in, never_stopped_suddenly
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
    """Two weeks from the first day, no further than the plan and its medicines go."""
    start = first_day(document)
    weeks = []
    for week in range(DIARY_DAYS // 7):
        days = [day for day in _days(start + timedelta(days=7 * week), 7) if day <= document.last_day]
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
    if any(check_in.due_on == day for check_in in document.check_ins):
        events.append(_("Check-in"))
    events += medicine_ends(document, day)
    return GlanceDay(
        weekday=short_weekday(day),
        day=short_day_month(day),
        part=numbers[phase.code] if phase else None,
        events=tuple(events),
    )


def medicine_ends(document: PlanDocument, day: date) -> tuple[str, ...]:
    """What a day says about medicines whose course ends on it and goes on in no later part."""
    ending = [
        item
        for item in document.items
        if isinstance(item.dose, MedicineDose) and item.course and item.course.ends_on == day
    ]
    kinds = {never_stopped_suddenly(item) for item in ending if goes_on_in(document, item) is None}
    words = {False: _("Last day of a medicine"), True: _("Ask us about your medicine")}
    return tuple(words[kind] for kind in sorted(kinds))


def _week(document: PlanDocument, days: Sequence[date]) -> DiaryWeek:
    rows = []
    numbers = numbered(document)
    for anchor, places in placed_items(document).items():
        ticks = tuple(any(one.phase.is_done_on(one.item, day) for one in places) for day in days)
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
