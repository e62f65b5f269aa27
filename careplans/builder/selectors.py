"""What the builder reads: the draft page as a whole, and components to add."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.builder.presenters import BuilderPage, builder_page
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.plans.assemble import draft_document
from careplans.plans.models import Draft, DraftItem, Plan
from careplans.plans.selectors import findings_of, phases_with_items


def open_draft_of(plan_pk: uuid.UUID, clinic: Clinic) -> Draft | None:
    """The plan's open draft with everything the builder needs around it, within the clinic."""
    return (
        Draft.objects.filter(plan_id=plan_pk, plan__clinic=clinic, closed_at=None)
        .select_related("plan__patient__clinic", "plan__clinic", "plan__episode", "plan__owner", "changed_by")
        .first()
    )


def plan_of(plan_pk: uuid.UUID, clinic: Clinic) -> QuerySet[Plan]:
    return (
        Plan.objects.of(clinic)
        .filter(pk=plan_pk)
        .select_related("patient__clinic", "clinic", "episode", "owner", "recheck")
    )


def page_of(draft: Draft, now: datetime) -> BuilderPage:
    """The draft assessed anew: no verdict is ever cached."""
    today = now.astimezone(draft.plan.clinic.zone).date()
    document = draft_document(draft, today=today)
    return builder_page(
        draft=draft,
        document=document,
        phases=phases_with_items(draft),
        findings=findings_of(document, draft.plan.patient, today),
        decisions=list(draft.decisions.select_related("decided_by")),
        today=today,
    )


def left_out_of(draft: Draft) -> list[str]:
    """What the template holds and this draft does not: phases that are over, components no longer approved."""
    if draft.template_version is None:
        return []
    sources = list(draft.template_version.phases.prefetch_related("items__component"))
    kept = {phase.code: phase for phase in phases_with_items(draft)}
    over = [source.texts[FALLBACK_LANGUAGE]["name"] for source in sources if source.code not in kept]
    taken = {item.component_version.component_id for phase in kept.values() for item in phase.items.all()}
    gone = {
        item.component.code
        for source in sources
        if source.code in kept
        for item in source.items.all()
        if item.component_id not in taken
    }
    sentences = []
    if over:
        sentences.append(_("Over already, so left out: %(phases)s.") % {"phases": ", ".join(over)})
    if gone:
        names = ", ".join(sorted(gone))
        sentences.append(_("No longer approved in your library, so left out: %(names)s.") % {"names": names})
    return sentences


def item_of(draft: Draft, key: uuid.UUID) -> DraftItem | None:
    return (
        DraftItem.objects.filter(phase__draft=draft, key=key)
        .select_related("phase__draft", "component_version__component")
        .prefetch_related("component_version__texts")
        .first()
    )
