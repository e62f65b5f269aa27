"""Who holds what: the component versions in each running plan's newest version, kept beside it for asking backwards.

A recall asks which plans hold a component, over all patients; the documents themselves cannot be asked that way.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from careplans.library.models import Component, ComponentText, ComponentVersion, Recall
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.plans.document import PlanDocument
from careplans.plans.models import Holding, Plan, PlanVersion

RUNNING = (Plan.State.ACTIVE, Plan.State.PAUSED)


def remember_holdings(*, version: PlanVersion, document: PlanDocument) -> None:
    """Write anew what the plan holds, in the transaction that publishes ``version``."""
    Holding.objects.filter(plan=version.plan_id).delete()
    held = {item.component_version_id for item in document.items}
    Holding.objects.bulk_create(
        Holding(plan_id=version.plan_id, version=version, component_version_id=pk) for pk in sorted(held)
    )


def held_component_versions(version: ComponentVersion) -> QuerySet[Holding]:
    """The running plans that hold just this version."""
    return Holding.objects.filter(component_version=version, plan__state__in=RUNNING)


def holdings_of(component: Component) -> QuerySet[Holding]:
    """The running plans that hold any version of a component."""
    return (
        Holding.objects.filter(component_version__component=component, plan__state__in=RUNNING)
        .select_related("plan__patient", "plan__owner", "component_version", "version")
        .order_by("component_version__number", "plan__patient__family_name", "plan__patient__given_name")
    )


def recalled_holdings() -> QuerySet[Any]:
    """What plans hold of recalled versions, with the recall's ``reason``, ``recalled_at`` and the ``title``."""
    recalls = Recall.objects.filter(
        component=OuterRef("component_version__component"),
        up_to_number__gte=OuterRef("component_version__number"),
    ).order_by("-recalled_at")
    titles = ComponentText.objects.filter(
        version=OuterRef("component_version"), language=FALLBACK_LANGUAGE
    ).values("title")
    return (
        Holding.objects.filter(Exists(recalls))
        .annotate(
            reason=Subquery(recalls.values("reason")[:1]),
            recalled_at=Subquery(recalls.values("recalled_at")[:1]),
            title=Subquery(titles[:1]),
            component_pk=F("component_version__component"),
        )
        .order_by("recalled_at", "title")
    )


def recalled_in(plan_pk: uuid.UUID) -> QuerySet[Any]:
    """The same of one plan."""
    return recalled_holdings().filter(plan=plan_pk)


def newer_in(plan: Plan) -> list[tuple[ComponentVersion, ComponentVersion]]:
    """For each component the plan holds in a version that is no longer the approved one: that, and the approved."""
    held = list(
        ComponentVersion.objects.filter(holdings__plan=plan)
        .select_related("component")
        .prefetch_related("texts")
        .order_by("component__category", "component__code")
    )
    approved = _approved_of(one.component_id for one in held)
    return [
        (one, approved[one.component_id])
        for one in held
        if one.component_id in approved and approved[one.component_id].number > one.number
    ]


def _approved_of(components: Iterable[uuid.UUID]) -> dict[uuid.UUID, ComponentVersion]:
    versions = ComponentVersion.objects.approved().filter(component__in=list(components))
    return {one.component_id: one for one in versions.select_related("component").prefetch_related("texts")}
