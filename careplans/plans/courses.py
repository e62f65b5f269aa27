"""The course of each item: on which days something with a limited number of days is done. Pure.

Decided when a document is made, frozen in it, and kept by the next version (docs/clinical-safety.md, "Courses").
Nobody is given days that were over before they were told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from careplans.library.dose import Dose, MedicineDose, ThermalDose
from careplans.plans.document import Course, DocumentItem, DocumentPhase, DocumentTaken, PlanDocument

# Stopping these from one day to the next can be dangerous in itself (label-baclofen), so no paper gives them a last day.
NEVER_STOPPED_SUDDENLY = frozenset({"baclofen", "gabapentinoid"})


def with_courses(
    phases: Sequence[DocumentPhase], *, before: PlanDocument | None, today: date
) -> tuple[DocumentPhase, ...]:
    """The phases with the course of each item, as published ``today`` after ``before``."""
    begun = tuple(
        phase.model_copy(update={"items": tuple(_begun(item, phase, before, today) for item in phase.items)})
        for phase in phases
    )
    return tuple(
        phase.model_copy(
            update={"items": tuple(_ended(item, phase, begun[number:], today) for item in phase.items)}
        )
        for number, phase in enumerate(begun, start=1)
    )


def taken_before(before: PlanDocument | None, now: PlanDocument) -> tuple[DocumentTaken, ...]:
    """Medicine days behind the patient that no course of ``now`` holds: a course begun anew, shortened or taken out."""
    if before is None:
        return ()
    days = {one.component_code: one.days for one in before.taken}
    for code in {item.component_code for item in before.items if isinstance(item.dose, MedicineDose)}:
        behind = {day for day in before.medicine_days(code) if day < now.published_on}
        days[code] = days.get(code, 0) + len(behind - now.medicine_days(code))
    return tuple(
        DocumentTaken(component_code=code, days=number) for code, number in sorted(days.items()) if number
    )


def goes_on_in(document: PlanDocument, item: DocumentItem) -> DocumentPhase | None:
    """The phase in which the same medicine goes on without a day between; None where its course really ends."""
    if item.course is None:
        return None
    next_day = item.course.ends_on + timedelta(days=1)
    for phase in document.phases:
        for other in phase.items:
            is_same = other.component_code == item.component_code and other.key != item.key
            if is_same and other.course and other.course.starts_on == next_day:
                return phase
    return None


def never_stopped_suddenly(item: DocumentItem) -> bool:
    return not NEVER_STOPPED_SUDDENLY.isdisjoint(item.tags)


def _begun(
    item: DocumentItem, phase: DocumentPhase, before: PlanDocument | None, today: date
) -> DocumentItem:
    if item.course_days is None:
        return item
    told = _told(item, phase, before)
    if told is not None and told.course is not None and _stays_over(told, item, today):
        # As it was told, whatever had ended it: a part that came after it, or its phase, may have moved or gone since.
        return item.model_copy(update={"course": told.course})
    starts_on = _start(item, phase, told, today)
    if starts_on is None:
        return item.model_copy(update={"course": None})
    course = Course(starts_on=starts_on, ends_on=starts_on + timedelta(days=item.course_days - 1))
    return item.model_copy(update={"course": course})


def _stays_over(told: DocumentItem, item: DocumentItem, today: date) -> bool:
    """Only a change, or putting it in again, begins anew what is over."""
    return told.is_over_by(today) and told.key == item.key and told.dose == item.dose


def _start(item: DocumentItem, phase: DocumentPhase, told: DocumentItem | None, today: date) -> date | None:
    """Kept while the same course runs; else the phase's first day, or today where that is past."""
    is_running = False
    if told is not None and told.course is not None and told.course.starts_on < today:
        is_running = not told.is_over_by(today)
        if is_running and _but_for_its_days(told.dose) == _but_for_its_days(item.dose):
            return told.course.starts_on
    if phase.ends_on < today and not is_running:
        return None
    return max(phase.starts_on, today)


def _told(item: DocumentItem, phase: DocumentPhase, before: PlanDocument | None) -> DocumentItem | None:
    """The same component in the same phase of the version before: a phase holds it once, under whatever key."""
    for old in before.phases if before else ():
        if old.code == phase.code:
            return next((one for one in old.items if one.component_code == item.component_code), None)
    return None


def _but_for_its_days(dose: Dose) -> Dose:
    """The dose with one and the same number of days, so that a longer or shorter course counts as the same one."""
    match dose:
        case MedicineDose():
            return dose.model_copy(update={"course_days": 1})
        case ThermalDose():
            return dose.model_copy(update={"for_days": 1})
        case _:
            return dose


def _ended(
    item: DocumentItem, phase: DocumentPhase, later: Sequence[DocumentPhase], today: date
) -> DocumentItem:
    """Heat and cold end with their phase: the next one may want the opposite. A medicine keeps the days its
    prescriber decided, until a later phase says anew how the same one is taken. What is over stays as it was."""
    course = item.course
    if course is None or course.ends_on < today:
        return item
    lasts = [course.ends_on]
    if isinstance(item.dose, ThermalDose):
        lasts.append(phase.ends_on)
    lasts += [
        other.course.starts_on - timedelta(days=1)
        for after in later
        for other in after.items
        if other.component_code == item.component_code and other.course
    ]
    ends_on = min(lasts)
    if ends_on < course.starts_on:
        return item.model_copy(update={"course": None})
    return item.model_copy(update={"course": course.model_copy(update={"ends_on": ends_on})})
