"""What the builder reads: the draft page as a whole, and components to add."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.builder.presenters import BuilderPage, builder_page
from careplans.library.models import ReviewedContent
from careplans.library.selectors import FALLBACK_LANGUAGE, red_flags_of, wording_in
from careplans.library.translations import Telling, telling_of
from careplans.plans.assemble import draft_document
from careplans.plans.models import Draft, DraftItem, DraftPhase, Plan
from careplans.plans.selectors import findings_of_draft, phases_with_items


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
    telling = telling_of(draft.plan.clinic, draft.plan.patient.language, for_staff=True)
    document = draft_document(draft, today=today, telling=telling)
    phases = phases_with_items(draft)
    return builder_page(
        draft=draft,
        document=document,
        phases=phases,
        findings=findings_of_draft(draft, document, today),
        decisions=list(draft.decisions.select_related("decided_by")),
        today=today,
        telling=telling,
        unapproved=tuple(_unapproved(draft, phases, telling)),
    )


def _unapproved(draft: Draft, phases: Iterable[DraftPhase], telling: Telling) -> Iterator[str]:
    """What this patient is told in words that no qualified person has approved, each once, by its English name."""
    if telling.language == FALLBACK_LANGUAGE:
        return
    template = draft.template_version
    if template is not None and _is_told_unapproved(template, telling):
        yield str(template)
    versions = {item.component_version for phase in phases for item in phase.items.all()}
    titles = [
        wording_in(version, FALLBACK_LANGUAGE).text.title
        for version in versions
        if _is_told_unapproved(version, telling)
    ]
    yield from sorted(titles)
    flags = red_flags_of(draft.plan.clinic, after_surgery=draft.plan.episode.surgery_on is not None)
    yield from (flag.clinician_label for flag in flags if telling.is_unapproved(flag))


def _is_told_unapproved(version: ReviewedContent, telling: Telling) -> bool:
    return telling.spoken(version) == telling.language and telling.is_unapproved(version)


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
