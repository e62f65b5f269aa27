"""Revising a plan in one step: without what was recalled, or with what was approved since."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.library.models import Component, ComponentVersion
from careplans.library.selectors import approved_components, wording_in
from careplans.plans.drafting import claim_draft, record_on_draft
from careplans.plans.models import Draft, DraftItem, Plan
from careplans.plans.refusals import PlanRefusal
from careplans.plans.start import start_revision


@transaction.atomic
def revise_without(*, plan: Plan, component: Component, by: User, now: datetime) -> Draft:
    """A draft of the plan's next version without what is withdrawn of ``component``, ready to be published.

    Where a corrected version was approved since, that takes its place, with the dose it had. Where somebody has a
    draft open already, that one is changed; what else is in it stays.
    """
    draft = start_revision(plan=plan, by=by, now=now)
    corrected = ComponentVersion.objects.approved().filter(component=component).first()
    items = DraftItem.objects.filter(phase__draft=draft, component_version__component=component)
    withdrawn = list(
        items.exclude(component_version=corrected).select_related("component_version__component")
    )
    if not withdrawn:
        return draft
    draft = claim_draft(draft=draft, revision=draft.revision, by=by, now=now)
    title = wording_in(withdrawn[0].component_version, draft.language).text.title
    if corrected:
        items.update(component_version=corrected)
    else:
        items.delete()
    action = "draft.components_updated" if corrected else "draft.item_removed"
    record_on_draft(draft, action, by, now, {"title": title, "because": "recalled"})
    return draft


@transaction.atomic
def revise_with_newer(*, plan: Plan, by: User, now: datetime) -> Draft:
    """A draft of the plan's next version in which each component stands as it is approved now; doses stay."""
    draft = start_revision(plan=plan, by=by, now=now)
    approved = {version.component_id: version for version in approved_components(plan.clinic)}
    items = DraftItem.objects.filter(phase__draft=draft).select_related("component_version")
    older = [
        item
        for item in items
        if (newest := approved.get(item.component_version.component_id)) is not None
        and newest.number > item.component_version.number
    ]
    if older:
        draft = claim_draft(draft=draft, revision=draft.revision, by=by, now=now)
        for item in older:
            item.component_version = approved[item.component_version.component_id]
        DraftItem.objects.bulk_update(older, ["component_version"])
        titles = sorted({wording_in(item.component_version, draft.language).text.title for item in older})
        record_on_draft(draft, "draft.components_updated", by, now, {"title": ", ".join(titles)})
    elif not draft.phases.filter(items__isnull=False).exists():
        raise PlanRefusal(_("This plan has nothing left to update."))
    return draft
