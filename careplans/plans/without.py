"""Revising a plan in one step: without what was recalled, or with what was approved since."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.library.models import Component, ComponentVersion
from careplans.library.selectors import approved_components, wording_in
from careplans.plans.drafting import claim_draft, record_on_draft
from careplans.plans.models import Draft, DraftItem, Plan
from careplans.plans.newer import take_newest
from careplans.plans.refusals import PlanRefusal
from careplans.plans.start import start_revision


@transaction.atomic
def revise_without(*, plan: Plan, component: Component, by: User, now: datetime) -> Draft:
    """A draft of the plan's next version without what is withdrawn of ``component``, ready to be published.

    Where a corrected version was approved since, that takes its place; what becomes of the dose says ``plans.newer``. Where somebody has a
    draft open already, that one is changed; what else is in it stays.
    """
    draft = start_revision(plan=plan, by=by, now=now)
    corrected = ComponentVersion.objects.approved().filter(component=component).first()
    items = DraftItem.objects.filter(phase__draft=draft, component_version__component=component)
    withdrawn = list(
        items.exclude(component_version=corrected).select_related("component_version__component", "dose_of")
    )
    if not withdrawn:
        return draft
    draft = claim_draft(draft=draft, revision=draft.revision, by=by, now=now)
    title = wording_in(withdrawn[0].component_version, draft.language).text.title
    if corrected:
        _bring_up(withdrawn, {component.pk: corrected})
    else:
        items.delete()
    action = "draft.components_updated" if corrected else "draft.item_removed"
    record_on_draft(draft, action, by, now, {"title": title, "because": "recalled"})
    return draft


@transaction.atomic
def revise_with_newer(*, plan: Plan, by: User, now: datetime) -> Draft:
    """A draft of the plan's next version in which each component stands as it is approved now."""
    draft = start_revision(plan=plan, by=by, now=now)
    approved = {version.component_id: version for version in approved_components(plan.clinic)}
    items = DraftItem.objects.filter(phase__draft=draft).select_related("component_version", "dose_of")
    older = [
        item
        for item in items
        if (newest := approved.get(item.component_version.component_id)) is not None
        and newest.number > item.component_version.number
    ]
    if older:
        draft = claim_draft(draft=draft, revision=draft.revision, by=by, now=now)
        _bring_up(older, approved)
        titles = sorted({wording_in(item.component_version, draft.language).text.title for item in older})
        record_on_draft(draft, "draft.components_updated", by, now, {"title": ", ".join(titles)})
    elif not draft.phases.filter(items__isnull=False).exists():
        raise PlanRefusal(_("This plan has nothing left to update."))
    return draft


def version_taken(draft: Draft, component: Component) -> ComponentVersion | None:
    """The version of a component that the draft holds, if any."""
    held = ComponentVersion.objects.filter(draft_items__phase__draft=draft, component=component)
    return held.prefetch_related("texts").select_related("component").first()


def _bring_up(items: Iterable[DraftItem], newest: Mapping[uuid.UUID, ComponentVersion]) -> None:
    brought = list(items)
    for item in brought:
        take_newest(item, newest[item.component_version.component_id])
    DraftItem.objects.bulk_update(brought, ["component_version", "dose_data", "dose_of", "lost_dose_data"])
