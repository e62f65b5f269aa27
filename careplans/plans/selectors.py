"""Reads that join plans with patients and the library."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import groupby

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from careplans.audit.models import AuditEvent
from careplans.library.dose import MedicineDose
from careplans.library.selectors import rules_of
from careplans.plans.document import PlanDocument
from careplans.plans.elsewhere import Told, told_in_turn
from careplans.plans.holding import PatientFacts
from careplans.plans.known import facts_of
from careplans.plans.models import Draft, DraftItem, DraftPhase, Plan, PlanVersion
from careplans.plans.newer import dose_findings
from careplans.plans.safety import SEVERITY_ORDER, Finding, assess, findings_of_ending
from patients.models import Patient


def findings_of(
    document: PlanDocument, patient: Patient, today: date, *, facts: PatientFacts | None = None
) -> tuple[Finding, ...]:
    """Assess a document against the patient as known now, the clinic's approved rules and what was told before."""
    before = PlanVersion.objects.filter(plan_id=document.plan_id).order_by("-number").first()
    return assess(
        document,
        facts or facts_of(patient, today),
        rules_of(patient.clinic),
        today,
        before=before.document if before else None,
        elsewhere=told_elsewhere(document, patient),
    )


def findings_of_draft(
    draft: Draft, document: PlanDocument, today: date, *, facts: PatientFacts | None = None
) -> tuple[Finding, ...]:
    """What speaks against publishing ``document``, the draft's own, as it is: by the rules, and by doses to look at."""
    items = DraftItem.objects.filter(phase__draft=draft, dose_of__isnull=False).order_by("phase", "position")
    loaded = items.select_related("dose_of", "component_version__component")
    by_dose = dose_findings(loaded.prefetch_related("component_version__texts"), draft.language)
    found = (*findings_of(document, draft.plan.patient, today, facts=facts), *by_dose)
    return tuple(sorted(found, key=lambda one: SEVERITY_ORDER[one.severity]))


def told_elsewhere(document: PlanDocument, patient: Patient) -> tuple[Told, ...]:
    """What the patient's other plans told, for plans with a medicine; the others have no course to count."""
    if not any(isinstance(item.dose, MedicineDose) for item in document.items):
        return ()
    versions = (
        PlanVersion.objects.filter(plan__patient=patient)
        .exclude(plan_id=document.plan_id)
        .select_related("plan")
        .order_by("plan_id", "number")
    )
    told: list[Told] = []
    for plan, of_plan in groupby(versions, key=lambda version: version.plan):
        ended_on = plan.ended_at.astimezone(patient.clinic.zone).date() if plan.ended_at else None
        told += told_in_turn([version.document for version in of_plan], ended_on)
    return tuple(told)


def findings_of_end(plan: Plan, today: date) -> tuple[Finding, ...]:
    """What ending a plan would bring about; nothing where nothing was published."""
    latest = latest_version(plan)
    if latest is None:
        return ()
    return findings_of_ending(
        latest.document, facts_of(plan.patient, today), rules_of(plan.patient.clinic), today
    )


def open_draft(plan: Plan) -> Draft | None:
    return plan.drafts.filter(closed_at=None).select_related("template_version", "changed_by").first()


def latest_version(plan: Plan) -> PlanVersion | None:
    return plan.versions.order_by("-number").first()


def phases_with_items(draft: Draft) -> list[DraftPhase]:
    """The draft's phases with items, component versions and texts: four queries."""
    items = DraftItem.objects.select_related("component_version__component", "dose_of").prefetch_related(
        "component_version__texts"
    )
    return list(draft.phases.prefetch_related(Prefetch("items", queryset=items)))


_CHANGE_WORDS = {
    "draft.item_added": _("added: %(title)s"),
    "draft.item_removed": _("removed: %(title)s"),
    "draft.dose_changed": _("changed: %(title)s"),
    "draft.item_moved": _("moved: %(title)s"),
    "draft.components_updated": _("brought up to date: %(title)s"),
    "draft.finding_decided": _("answered a safety finding: %(title)s"),
    "draft.check_ins_changed": _("check-in days changed: %(title)s"),
    "draft.dates_changed": _("dates changed: day 0 is %(title)s"),
}


def changes_since(draft_id: uuid.UUID, revision: int) -> tuple[str, ...]:
    """What others did to a draft after ``revision``, oldest first, e.g. "Dr Quill – removed: Walking"."""
    events = AuditEvent.objects.filter(
        subject_type="plans.draft", subject_id=str(draft_id), action__in=_CHANGE_WORDS
    ).order_by("at", "id")
    return tuple(
        f"{event.actor_label} – {_CHANGE_WORDS[event.action] % {'title': event.details.get('title', '')}}"
        for event in events
        if event.details.get("revision", 0) > revision
    )
