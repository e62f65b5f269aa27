"""What changed between two versions of a plan, in sentences to the patient. Pure.

The sentences come out in the active language; titles and doses are already in the patient's.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from careplans.plans.document import DocumentItem, PlanDocument


def changes_between(old: PlanDocument, new: PlanDocument) -> tuple[str, ...]:
    """One sentence a change: what is new, what is no longer part of the plan, which doses and dates moved."""
    before, after = _by_key(old), _by_key(new)
    sentences = [
        _("New in your plan: %(title)s (%(dose)s).") % {"title": item.title, "dose": item.dose_in_words}
        for key, item in after.items()
        if key not in before
    ]
    sentences += [
        _("No longer part of your plan: %(title)s.") % {"title": item.title}
        for key, item in before.items()
        if key not in after and item.component_code not in {one.component_code for one in after.values()}
    ]
    for key, item in after.items():
        if key in before:
            sentences += _item_changes(before[key], item)
    sentences += _phase_changes(old, new)
    return tuple(dict.fromkeys(sentences))


def _by_key(document: PlanDocument) -> dict[str, DocumentItem]:
    return {item.key: item for item in document.items}


def _item_changes(old: DocumentItem, new: DocumentItem) -> list[str]:
    sentences = []
    if old.dose != new.dose:
        values = {"title": new.title, "old": old.dose_in_words, "new": new.dose_in_words}
        sentences.append(_("%(title)s: now %(new)s (before: %(old)s).") % values)
    if new.note and old.note != new.note:
        sentences.append(_("%(title)s: %(note)s") % {"title": new.title, "note": new.note})
    if old.note and not new.note:
        sentences.append(_("%(title)s: the note for you was taken out.") % {"title": new.title})
    if old.component_version_number != new.component_version_number:
        sentences.append(_("%(title)s: the instructions were updated.") % {"title": new.title})
    return sentences


def _phase_changes(old: PlanDocument, new: PlanDocument) -> list[str]:
    before = {phase.code: (phase.starts_on, phase.ends_on) for phase in old.phases}
    return [
        _("%(phase)s: the dates changed.") % {"phase": phase.name}
        for phase in new.phases
        if phase.code in before and before[phase.code] != (phase.starts_on, phase.ends_on)
    ]
