"""How the demo's clinicians work on a draft: the changes of the story, an answer to each finding, the publishing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from careplans.accounts.models import User
from careplans.builder.publish import publish_plan
from careplans.demo.story import Edit
from careplans.demo.world import World
from careplans.library.dose import Dose, parse_dose
from careplans.plans.assemble import draft_document
from careplans.plans.drafting import add_item, change_item, decide_finding, remove_item, set_check_in_days
from careplans.plans.models import Draft, DraftItem, PlanVersion
from careplans.plans.selectors import findings_of


class StoryDoesNotFit(Exception):
    """A story names something its plan does not have, or leaves a stop without a reason."""


def edit(world: World, draft: Draft, edits: Iterable[Edit], by: User, now: datetime) -> None:
    for one in edits:
        draft.refresh_from_db(fields=["revision"])
        if one.add:
            _add(world, draft, one, by, now)
        elif one.remove:
            remove_item(item=_item(draft, one), revision=draft.revision, by=by, now=now)
        else:
            item = _item(draft, one)
            dose: Dose = one.dose or item.dose
            change_item(item=item, dose=dose, note=one.note, revision=draft.revision, by=by, now=now)


def ask_on(draft: Draft, days: Iterable[date], by: User, now: datetime) -> None:
    """Put the check-ins on these days, in whichever phase each of them falls."""
    days = list(days)
    for phase in draft.phases.all():
        start = draft.anchor_on + timedelta(days=phase.starts_on_day)
        wanted = [(day - start).days for day in days if 0 <= (day - start).days < phase.days]
        draft.refresh_from_db(fields=["revision"])
        set_check_in_days(phase=phase, days=wanted, revision=draft.revision, by=by, now=now)


def publish(draft: Draft, reasons: Mapping[str, str], by: User, now: datetime) -> PlanVersion:
    """Answer every finding and publish. Only stops that the story gives a reason for are gone past."""
    draft.refresh_from_db(fields=["revision"])
    today = now.astimezone(draft.plan.clinic.zone).date()
    for finding in findings_of(draft_document(draft, today=today), draft.plan.patient, today):
        reason = reasons.get(finding.rule_code, "")
        if finding.severity == "inform":
            continue
        if finding.severity == "stop" and not reason:
            raise StoryDoesNotFit(f"{draft.plan.patient}: no reason for {finding.rule_code}")
        draft.refresh_from_db(fields=["revision"])
        decide_finding(draft=draft, finding=finding, reason=reason, revision=draft.revision, by=by, now=now)
    draft.refresh_from_db(fields=["revision"])
    return publish_plan(draft=draft, revision=draft.revision, by=by, now=now)


def _add(world: World, draft: Draft, one: Edit, by: User, now: datetime) -> None:
    version = world.components[one.add]
    phase = draft.phases.filter(code=one.phase).first()
    if phase is None:
        raise StoryDoesNotFit(f"{draft.plan.patient}: no phase {one.phase}")
    dose: Dose = one.dose or parse_dose(version.default_dose)
    add_item(
        phase=phase,
        component_version=version,
        dose=dose,
        note=one.note,
        revision=draft.revision,
        by=by,
        now=now,
    )


def _item(draft: Draft, one: Edit) -> DraftItem:
    items = DraftItem.objects.filter(phase__draft=draft, component_version__component__code=one.component)
    item = items.filter(phase__code=one.phase).first()
    if item is None:
        raise StoryDoesNotFit(f"{draft.plan.patient}: no {one.component} in {one.phase}")
    return item
