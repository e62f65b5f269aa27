"""What changed between two versions of a plan, in sentences to the patient. Pure.

The sentences come out in the active language; titles and doses are already in the patient's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from careplans.library.dose import MedicineDose
from careplans.plans.courses import goes_on_in, never_stopped_suddenly
from careplans.plans.document import DocumentItem, PlanDocument


@dataclass(frozen=True)
class _Placed:
    item: DocumentItem
    phase: str


def changes_between(old: PlanDocument, new: PlanDocument) -> tuple[str, ...]:
    """One sentence a change: what is new, what is gone, and from where; doses, notes, dates and check-in days.

    Nothing is announced whose days are over already: nobody is to begin it.
    """
    before, after = _by_place(old), _by_place(new)
    known, still = _codes(before), _codes(after)
    over = {key for key, one in after.items() if one.item.is_over_by(new.published_on)}
    added = [one for key, one in after.items() if key not in before and key not in over]
    removed = [one for key, one in before.items() if key not in after]
    sentences = [_added(one, is_new=one.item.component_code not in known) for one in added]
    sentences += [_removed(one, is_gone=one.item.component_code not in still) for one in removed]
    for key, one in after.items():
        if key in before and key not in over:
            sentences += _item_changes(before[key].item, one.item)
            sentences += _course_changes(before[key].item, one.item, new)
    sentences += _phase_changes(old, new)
    if _asked_after(old, new.published_on) != _asked_after(new, new.published_on):
        sentences.append(_("The days on which we ask how you are have changed."))
    return tuple(dict.fromkeys(sentences))


def _by_place(document: PlanDocument) -> dict[tuple[str, str], _Placed]:
    """A phase holds a component once: taken out and put in again, it is the same to the patient."""
    return {
        (phase.code, item.component_code): _Placed(item, phase.name)
        for phase in document.phases
        for item in phase.items
    }


def _codes(placed: dict[tuple[str, str], _Placed]) -> set[str]:
    return {one.item.component_code for one in placed.values()}


def _added(one: _Placed, *, is_new: bool) -> str:
    values = {"title": one.item.title, "dose": one.item.dose_in_words, "phase": one.phase}
    if is_new:
        return _("New in your plan: %(title)s (%(dose)s).") % values
    return _("%(title)s: now in “%(phase)s” too (%(dose)s).") % values


def _removed(one: _Placed, *, is_gone: bool) -> str:
    values = {"title": one.item.title, "phase": one.phase}
    if is_gone:
        return _("No longer part of your plan: %(title)s.") % values
    return _("%(title)s: no longer in “%(phase)s”.") % values


def _asked_after(document: PlanDocument, day: date) -> set[date]:
    return {one.due_on for one in document.check_ins if one.due_on > day}


def _item_changes(old: DocumentItem, new: DocumentItem) -> list[str]:
    sentences = []
    if old.dose != new.dose and old.dose_in_words != new.dose_in_words:
        values = {"title": new.title, "old": old.dose_in_words, "new": new.dose_in_words}
        sentences.append(_("%(title)s: now %(new)s (before: %(old)s).") % values)
    if new.note and old.note != new.note:
        sentences.append(_("%(title)s: %(note)s") % {"title": new.title, "note": new.note})
    if old.note and not new.note:
        sentences.append(_("%(title)s: the note for you was taken out.") % {"title": new.title})
    if _told(old) != _told(new):
        sentences.append(_("%(title)s: the instructions were updated.") % {"title": new.title})
    return sentences


def _told(item: DocumentItem) -> tuple[object, ...]:
    """What the patient reads and sees of it; a newer version may differ in what only clinicians read."""
    return item.title, item.why, item.steps, item.feel, item.watch_for, item.stop_if, item.picture


def _course_changes(old: DocumentItem, new: DocumentItem, document: PlanDocument) -> list[str]:
    """The last day of a medicine that the patient was told and that is another one now."""
    if not isinstance(new.dose, MedicineDose) or old.course is None or new.course is None:
        return []
    is_told = old.course.ends_on != new.course.ends_on and new.course.ends_on >= document.published_on
    if not is_told or never_stopped_suddenly(new) or goes_on_in(document, new):
        return []
    last = format_date(new.course.ends_on, pgettext("date format: Monday 2 March", "l j F"))
    return [_("%(title)s: the last day is now %(last)s.") % {"title": new.title, "last": last}]


def _phase_changes(old: PlanDocument, new: PlanDocument) -> list[str]:
    before = {phase.code: (phase.starts_on, phase.ends_on) for phase in old.phases}
    return [
        _("%(phase)s: the dates changed.") % {"phase": phase.name}
        for phase in new.phases
        if phase.code in before and before[phase.code] != (phase.starts_on, phase.ends_on)
    ]
