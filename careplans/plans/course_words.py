"""What a clinician should know about the courses of a plan before publishing it. Pure; in the active language."""

from __future__ import annotations

from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.library.dose import ThermalDose
from careplans.plans.courses import goes_on_in
from careplans.plans.document import DocumentItem, DocumentPhase, PlanDocument


def courses_in_words(document: PlanDocument) -> tuple[str, ...]:
    """One line a course, with what is unusual about it; phases that are over and were told so are left out."""
    lines = []
    for phase in document.phases:
        for item in phase.items:
            if item.course_days is None:
                continue
            if not item.is_over_by(document.published_on):
                lines.append(" ".join([_dates(item), *_remarks(item, phase, document)]))
            elif phase.ends_on >= document.published_on:
                lines.append(_over(item))
    return tuple(dict.fromkeys(lines))


def _dates(item: DocumentItem) -> str:
    if item.course is None:
        return ""
    values = {
        "title": item.title,
        "first": _day(item.course.starts_on),
        "last": _day(item.course.ends_on),
    }
    return _("%(title)s: from %(first)s to %(last)s.") % values


def _over(item: DocumentItem) -> str:
    values = {"title": item.title, "last": _day(item.course.ends_on) if item.course else ""}
    return (
        _(
            "%(title)s: its days were over on %(last)s, and the handout says so. To give it again, change it, or take it out and add it anew."
        )
        % values
    )


def _remarks(item: DocumentItem, phase: DocumentPhase, document: PlanDocument) -> list[str]:
    remarks: list[str] = []
    if item.course is None:
        return remarks
    ends_on, next_phase = item.course.ends_on, goes_on_in(document, item)
    if next_phase:
        remarks.append(_("It goes on in “%(phase)s”.") % {"phase": next_phase.name})
    elif item.course.days != item.course_days:
        remarks.append(_shorter(item, phase))
    if ends_on > document.ends_on:
        remarks.append(
            _(
                "That is after the last day of this plan, %(day)s. The patient is asked on the last day of the medicine and on no day between: revise the plan before, or shorten the course."
            )
            % {"day": _day(document.ends_on)}
        )
    elif ends_on > phase.ends_on:
        remarks.append(_("It goes on past “%(phase)s”.") % {"phase": phase.name})
    behind = document.course_days(item.component_code) - len(document.medicine_days(item.component_code))
    if behind:
        remarks.append(
            ngettext(
                "%(n)d day of it lies behind the patient already.",
                "%(n)d days of it lie behind the patient already.",
                behind,
            )
            % {"n": behind}
        )
    return remarks


def _shorter(item: DocumentItem, phase: DocumentPhase) -> str:
    values = {"planned": item.course_days, "phase": phase.name}
    if isinstance(item.dose, ThermalDose):
        return (
            _("Planned for %(planned)d days, but “%(phase)s” ends before; the handout says until then.")
            % values
        )
    return _("Planned for %(planned)d days, but a later phase says anew how it is taken.") % values


def _day(day: date) -> str:
    return format_date(day, "D j M Y")
