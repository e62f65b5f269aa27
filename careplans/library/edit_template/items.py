"""Items: components with their dose, in the order in which a plan lists them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.core.text import plain_line
from careplans.library.dose import Dose, parse_dose
from careplans.library.edit_template.order import lay_items
from careplans.library.edit_template.told import changed, note, title_of
from careplans.library.models import (
    ComponentVersion,
    ReviewState,
    TemplateItem,
    TemplatePhase,
    TemplateVersion,
)
from careplans.library.versions import ReviewRefusal, hold_draft

WHY_LENGTH = 300


class Step(StrEnum):
    """One step of an item that is moved by a button."""

    UP = "up"
    DOWN = "down"
    EARLIER = "earlier"
    LATER = "later"


@transaction.atomic
def add_item(
    *, phase: TemplatePhase, component_version: ComponentVersion, revision: int, by: User, now: datetime
) -> TemplateItem:
    """Put a component that is in use at the end of a phase, with its usual dose; once a phase is enough."""
    draft = hold_draft(version=phase.version, revision=revision, by=by, now=now)
    stored = _phase_of(draft, phase.pk)
    component = component_version.component
    if component_version.state != ReviewState.APPROVED or component.clinic_id != draft.template.clinic_id:
        raise ReviewRefusal(_("Only components that are approved in your library can be added."))
    title = title_of(component)
    held = list(stored.items.all())
    _refuse_twice(component.pk, held, title)
    item = TemplateItem(
        phase=stored,
        position=held[-1].position + 1 if held else 0,
        component=component,
        dose=component_version.default_dose,
    )
    item.save()
    note("item_added", draft, by, now, title=title, component=component.code, phase=stored.code)
    return item


@transaction.atomic
def change_item(
    *, item: TemplateItem, dose: Dose, why: str, revision: int, by: User, now: datetime
) -> TemplateItem:
    """Another dose of the same kind, and why it is here; an empty why takes it away."""
    draft = hold_draft(version=item.phase.version, revision=revision, by=by, now=now)
    stored = _item_of(draft, item.pk)
    if dose.kind != parse_dose(stored.dose).kind:
        raise ReviewRefusal(_("This component cannot have a dose of that kind."))
    line = plain_line(why)
    if len(line) > WHY_LENGTH:
        raise ReviewRefusal(_("Say why in at most %(most)d characters.") % {"most": WHY_LENGTH})
    before = {"dose": stored.dose, "why": stored.why}
    stored.dose, stored.why = dose.model_dump(mode="json"), line
    stored.save()
    what = changed(before, {"dose": stored.dose, "why": stored.why})
    doses = [before["dose"], stored.dose] if "dose" in what else []
    note("item_changed", draft, by, now, title=title_of(stored.component), changed=what, doses=doses)
    return stored


@transaction.atomic
def remove_item(*, item: TemplateItem, revision: int, by: User, now: datetime) -> TemplateVersion:
    """Take a component out of the draft."""
    draft = hold_draft(version=item.phase.version, revision=revision, by=by, now=now)
    stored = _item_of(draft, item.pk)
    phase, title = stored.phase, title_of(stored.component)
    stored.delete()
    lay_items([(phase, list(phase.items.all()))])
    note("item_removed", draft, by, now, title=title, component=stored.component.code, phase=phase.code)
    return draft


@transaction.atomic
def place_item(
    *, item: TemplateItem, phase: TemplatePhase, position: int, revision: int, by: User, now: datetime
) -> TemplateItem:
    """Put an item at a place of a phase of the same template; beyond the end counts as the end."""
    draft = hold_draft(version=item.phase.version, revision=revision, by=by, now=now)
    stored = _item_of(draft, item.pk)
    return _place(draft, stored, _phase_of(draft, phase.pk), position, by=by, now=now)


@transaction.atomic
def step_item(*, item: TemplateItem, step: Step, revision: int, by: User, now: datetime) -> TemplateItem:
    """One place up or down, or to the end of the phase before or after; where there is none, nothing moves."""
    draft = hold_draft(version=item.phase.version, revision=revision, by=by, now=now)
    stored = _item_of(draft, item.pk)
    if step in (Step.UP, Step.DOWN):
        by_one = -1 if step == Step.UP else 1
        return _place(draft, stored, stored.phase, max(0, stored.position + by_one), by=by, now=now)
    phases = list(draft.phases.all())
    place = [phase.pk for phase in phases].index(stored.phase_id) + (-1 if step == Step.EARLIER else 1)
    if not 0 <= place < len(phases):
        return stored
    return _place(draft, stored, phases[place], phases[place].items.count(), by=by, now=now)


def _place(
    draft: TemplateVersion,
    item: TemplateItem,
    goes_to: TemplatePhase,
    position: int,
    *,
    by: User,
    now: datetime,
) -> TemplateItem:
    title, comes_from = title_of(item.component), item.phase
    held = [one for one in goes_to.items.all() if one.pk != item.pk]
    rows = [(goes_to, held)]
    if goes_to.pk != comes_from.pk:
        _refuse_twice(item.component_id, held, title)
        rows.append((comes_from, [one for one in comes_from.items.all() if one.pk != item.pk]))
    held.insert(max(0, min(position, len(held))), item)
    lay_items(rows)
    moved = {"from": comes_from.code, "to": goes_to.code, "place": item.position}
    note("item_moved", draft, by, now, title=title, moved=moved)
    return item


def _phase_of(draft: TemplateVersion, pk: uuid.UUID) -> TemplatePhase:
    phase = draft.phases.filter(pk=pk).first()
    if phase is None:
        raise ReviewRefusal(_("That phase is no longer in this template. Here is the template as it is now."))
    return phase


def _item_of(draft: TemplateVersion, pk: uuid.UUID) -> TemplateItem:
    items = TemplateItem.objects.filter(phase__version=draft, pk=pk).select_related("phase", "component")
    item = items.first()
    if item is None:
        raise ReviewRefusal(
            _("That component is no longer in this template. Here is the template as it is now.")
        )
    return item


def _refuse_twice(component_id: uuid.UUID, held: list[TemplateItem], title: str) -> None:
    if any(one.component_id == component_id for one in held):
        raise ReviewRefusal(
            _("“%(title)s” is in that phase already. Change its dose instead.") % {"title": title}
        )
