"""From when until when something with a limited number of days is done. The days come from the frozen course. Pure.

No sentence here names a day that was over when the handout was published, except the one on which a course that
still runs began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from careplans.handouts.words import weekday_day_month
from careplans.library.dose import MedicineDose
from careplans.plans.courses import goes_on_in, never_stopped_suddenly
from careplans.plans.document import Course, DocumentItem, DocumentPhase, PlanDocument


def is_over(item: DocumentItem, document: PlanDocument) -> bool:
    return item.is_over_by(document.published_on)


def over_in_words(item: DocumentItem) -> str:
    """Instead of a dose, where its days are over."""
    if not isinstance(item.dose, MedicineDose):
        return _("These days are over. Do not do it any more.")
    if never_stopped_suddenly(item):
        return _("These days are over. Do not stop by yourself: call us today about what comes next.")
    return _("These days are over. Do not take it any more, unless your prescriber tells you to.")


def carried_into(phase: DocumentPhase, document: PlanDocument) -> tuple[DocumentItem, ...]:
    """What earlier phases began and is still to be done in this one: a medicine may outlast its phase."""
    if phase.ends_on < document.published_on:
        return ()
    own = {item.component_code for item in phase.items}
    earlier = [one for one in document.phases if one.starts_on < phase.starts_on]
    return tuple(
        item
        for one in earlier
        for item in one.items
        if item.component_code not in own
        and not is_over(item, document)
        and item.course is not None
        and item.course.ends_on >= phase.starts_on
    )


def last_day_in_words(document: PlanDocument, item: DocumentItem) -> str:
    """For the lists; empty where there is none to name, or where it depends on a decision still to come."""
    if item.course is None or is_over(item, document) or goes_on_in(document, item):
        return ""
    waits = any(
        item in phase.items and phase.starts == "by_decision" and phase.starts_on > document.published_on
        for phase in document.phases
    )
    if waits or never_stopped_suddenly(item):
        return ""
    return _("Last day: %(last)s.") % {"last": weekday_day_month(item.course.ends_on)}


def courses_in_words(
    document: PlanDocument, places: Sequence[tuple[DocumentPhase, DocumentItem]]
) -> tuple[str, ...]:
    """One sentence for each course that is ahead or runs; where all are over, that they are."""
    counted = [(phase, item) for phase, item in places if item.course_days is not None]
    runs = _runs(document, [(phase, item) for phase, item in counted if not is_over(item, document)])
    if counted and not runs:
        return (over_in_words(counted[-1][1]),) if len(counted) == len(places) else ()
    return tuple(_sentence(document, run) for run in runs)


@dataclass(frozen=True)
class _Run:
    """Courses of one medicine that follow each other without a day between."""

    course: Course
    phases: tuple[DocumentPhase, ...]
    last: DocumentItem

    @property
    def is_open(self) -> bool:
        """Whether a part after the first begins when the clinician says so."""
        return any(phase.starts == "by_decision" for phase in self.phases[1:])


def _runs(document: PlanDocument, counted: Sequence[tuple[DocumentPhase, DocumentItem]]) -> list[_Run]:
    runs: list[_Run] = []
    for phase, item in counted:
        if item.course is None:
            continue
        if runs and goes_on_in(document, runs[-1].last) is phase:
            course = Course(starts_on=runs[-1].course.starts_on, ends_on=item.course.ends_on)
            runs[-1] = _Run(course, (*runs[-1].phases, phase), item)
        else:
            runs.append(_Run(item.course, (phase,), item))
    return runs


def _sentence(document: PlanDocument, run: _Run) -> str:
    first, last = run.course.starts_on, run.course.ends_on
    values = {"first": weekday_day_month(first), "last": weekday_day_month(last)}
    if never_stopped_suddenly(run.last):
        return (
            _(
                "From %(first)s. Planned until %(last)s. Do not stop then by yourself: call us some days before, so that you do not run out."
            )
            % values
        )
    if run.is_open:
        return (
            _(
                "From %(first)s. Planned until %(last)s, without a break between the parts. We confirm each part with you."
            )
            % values
        )
    if first < document.published_on:
        return _("You have begun already. Last day: %(last)s.") % values
    if run.phases[0].starts == "by_decision" and run.phases[0].starts_on > document.published_on:
        return _("Planned from %(first)s; last day %(last)s. We confirm the start with you.") % values
    return _("From %(first)s. Last day: %(last)s.") % values
