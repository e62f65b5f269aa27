"""Everything that changes a draft. Each verb names the revision it saw; an older one is refused with what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import record_change
from careplans.core.text import LETTERS_OF_A_REASON, plain_words
from careplans.library.dose import Dose, MedicineDose
from careplans.library.models import ComponentVersion
from careplans.library.selectors import rules_of, wording_in
from careplans.plans.models import Draft, DraftItem, DraftPhase, FindingDecision, Plan
from careplans.plans.plausible import why_implausible
from careplans.plans.refusals import ImplausibleDose, PlanRefusal, StaleDraft
from careplans.plans.safety import Finding
from careplans.plans.selectors import changes_since


def claim_draft(*, draft: Draft, revision: int, by: User, now: datetime) -> Draft:
    """Raise the draft's revision if it is still ``revision``; else refuse with what changed meanwhile.

    Holds the plan first and then the draft, as all that holds both: of two that meet, one waits and none is killed.
    """
    list(Plan.objects.select_for_update().filter(pk=draft.plan_id).values_list("pk"))
    claimed = Draft.objects.filter(pk=draft.pk, revision=revision, closed_at=None).update(
        revision=F("revision") + 1, changed_at=now, changed_by=by
    )
    current = Draft.objects.select_related(
        "plan__patient", "plan__clinic", "plan__episode", "changed_by"
    ).get(pk=draft.pk)
    if not claimed:
        raise StaleDraft(_stale_message(current), changes_since(current.pk, revision))
    return current


@transaction.atomic
def add_item(
    *,
    phase: DraftPhase,
    component_version: ComponentVersion,
    dose: Dose,
    revision: int,
    by: User,
    now: datetime,
    note: str = "",
) -> DraftItem:
    """Put a component with its dose at the end of a phase; once a phase is enough."""
    draft = claim_draft(draft=phase.draft, revision=revision, by=by, now=now)
    title = _title(component_version, draft)
    _refuse_implausible(draft, component_version, dose, title)
    if phase.items.filter(component_version__component=component_version.component_id).exists():
        raise PlanRefusal(
            _("“%(title)s” is in this phase already. Change its dose instead.") % {"title": title}
        )
    last = phase.items.aggregate(last=Max("position"))["last"]
    item = DraftItem.objects.create(
        phase=phase,
        component_version=component_version,
        dose_data=dose.model_dump(mode="json"),
        note=note,
        position=0 if last is None else last + 1,
    )
    record_on_draft(draft, "draft.item_added", by, now, {"title": title})
    return item


@transaction.atomic
def remove_item(*, item: DraftItem, revision: int, by: User, now: datetime) -> None:
    draft = claim_draft(draft=item.phase.draft, revision=revision, by=by, now=now)
    item.delete()
    record_on_draft(draft, "draft.item_removed", by, now, {"title": _title(item.component_version, draft)})


@transaction.atomic
def change_item(*, item: DraftItem, dose: Dose, note: str, revision: int, by: User, now: datetime) -> None:
    """Give an item another dose of the same kind, and a note for this patient; an empty note takes it away."""
    draft = claim_draft(draft=item.phase.draft, revision=revision, by=by, now=now)
    if dose.kind != item.dose.kind:
        raise PlanRefusal(_("This component cannot have a dose of that kind."))
    title = _title(item.component_version, draft)
    _refuse_implausible(draft, item.component_version, dose, title)
    looked_at = {} if dose == item.dose else {"dose_of": None, "lost_dose_data": None}
    DraftItem.objects.filter(pk=item.pk).update(
        dose_data=dose.model_dump(mode="json"), note=note.strip(), **looked_at
    )
    record_on_draft(draft, "draft.dose_changed", by, now, {"title": title})


def gone_item(*, draft: Draft, revision: int) -> StaleDraft:
    """The refusal for a change of an item that is no longer there."""
    message = _(
        "That component is no longer in this plan. Nothing was changed; here is the plan as it is now."
    )
    return StaleDraft(message, changes_since(draft.pk, revision))


def gone_phase(*, draft: Draft) -> StaleDraft:
    """The refusal for a change of a phase that belongs to an earlier draft of the plan."""
    message = _("That phase belongs to an earlier draft. Nothing was changed; here is the plan as it is now.")
    return StaleDraft(message, changes_since(draft.pk, 0))


@transaction.atomic
def move_item(*, item: DraftItem, up: bool, revision: int, by: User, now: datetime) -> None:
    """Swap an item with its neighbour in the phase; at the end of the list nothing happens."""
    draft = claim_draft(draft=item.phase.draft, revision=revision, by=by, now=now)
    items = list(item.phase.items.all())
    place = next(index for index, one in enumerate(items) if one.pk == item.pk)
    other = place + (-1 if up else 1)
    if 0 <= other < len(items):
        items[place], items[other] = items[other], items[place]
        for position, one in enumerate(items):
            one.position = position
        DraftItem.objects.bulk_update(items, ["position"])
    record_on_draft(draft, "draft.item_moved", by, now, {"title": _title(item.component_version, draft)})


@transaction.atomic
def decide_finding(
    *, draft: Draft, finding: Finding, reason: str, revision: int, by: User, now: datetime
) -> FindingDecision:
    """Acknowledge a caution, or go on past a stop with a reason that stays in the version."""
    draft = claim_draft(draft=draft, revision=revision, by=by, now=now)
    reason = plain_words(
        reason,
        letters=LETTERS_OF_A_REASON if finding.severity == "stop" else 0,
        ask=_("Write in words why you go on in spite of this. The reason stays with the plan."),
    )
    decision, _created = FindingDecision.objects.update_or_create(
        draft=draft,
        finding_key=finding.key,
        defaults={
            "severity": finding.severity,
            "reason": reason,
            "decided_at": now,
            "decided_by": by,
        },
    )
    record_on_draft(
        draft, "draft.finding_decided", by, now, {"title": finding.item_title, "finding": finding.key}
    )
    return decision


@transaction.atomic
def set_check_in_days(*, phase: DraftPhase, days: list[int], revision: int, by: User, now: datetime) -> None:
    """Choose on which days of the phase (0 is its first) the patient is asked."""
    draft = claim_draft(draft=phase.draft, revision=revision, by=by, now=now)
    if any(day < 0 or day >= phase.days for day in days):
        raise PlanRefusal(_("Choose days from 1 to %(days)d of this phase.") % {"days": phase.days})
    DraftPhase.objects.filter(pk=phase.pk).update(check_in_days=sorted(set(days)))
    record_on_draft(draft, "draft.check_ins_changed", by, now, {"title": phase.name})


@transaction.atomic
def discard_draft(*, draft: Draft, revision: int, by: User, now: datetime) -> None:
    """Close a draft without publishing; a plan that was never published ends with it."""
    draft = claim_draft(draft=draft, revision=revision, by=by, now=now)
    Draft.objects.filter(pk=draft.pk).update(closed_at=now)
    Plan.objects.filter(pk=draft.plan_id, state=Plan.State.DRAFT).update(
        state=Plan.State.STOPPED, ended_at=now
    )
    record_on_draft(draft, "draft.discarded", by, now, {})


def _refuse_implausible(draft: Draft, version: ComponentVersion, dose: Dose, title: str) -> None:
    if not isinstance(dose, MedicineDose):
        return
    rules = rules_of(draft.plan.clinic)
    code, tags = version.component.code, frozenset(version.tags)
    why = why_implausible(dose, title=title, code=code, tags=tags, rules=rules)
    if why:
        raise ImplausibleDose(why)


def _title(version: ComponentVersion, draft: Draft) -> str:
    return wording_in(version, draft.language).text.title


def _stale_message(draft: Draft) -> str:
    if draft.closed_at:
        return _("This draft was published or discarded meanwhile. Nothing of yours was saved.")
    at = timezone.localtime(draft.changed_at, draft.plan.clinic.zone).strftime("%H:%M")
    return _(
        "%(name)s changed this draft at %(time)s. Yours was not saved; here is the plan as it is now."
    ) % {
        "name": draft.changed_by.name,
        "time": at,
    }


def record_on_draft(draft: Draft, action: str, by: User, now: datetime, details: dict[str, Any]) -> None:
    record_change(
        by=by,
        action=action,
        subject=draft,
        now=now,
        clinic_id=draft.plan.clinic_id,
        patient_id=draft.plan.patient_id,
        details={"revision": draft.revision, **details},
    )
