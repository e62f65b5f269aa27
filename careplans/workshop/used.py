"""Where a component is used: in which templates, in whose running plans, in which version."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from careplans.accounts.models import Clinic
from careplans.library.models import Component, ComponentVersion, ReviewState, TemplateItem, TemplateVersion
from careplans.library.recall import copies_of
from careplans.library.selectors import FALLBACK_LANGUAGE, versions_of, wording_in
from careplans.plans.holdings import RUNNING, holdings_of
from careplans.plans.models import DraftItem, Holding, Plan


@dataclass(frozen=True)
class HeldVersion:
    """How many running plans hold one version; ``is_older`` when another is approved now."""

    number: int
    plans: int
    is_older: bool


@dataclass(frozen=True)
class Use:
    templates: tuple[TemplateVersion, ...]
    versions: tuple[HeldVersion, ...]
    drafts: int
    # Titles of the clinic's own copies, which are recalled with it.
    copies: tuple[str, ...]

    @property
    def plans(self) -> int:
        return sum(one.plans for one in self.versions)

    @property
    def template_count(self) -> int:
        """A template with a draft beside its version in use is one."""
        return len({version.template_id for version in self.templates})

    @property
    def is_unused(self) -> bool:
        return not (self.templates or self.versions or self.drafts)


def use_of(component: Component, *, for_keepers: bool) -> Use:
    """Counts and titles, without a patient in them: whoever keeps the library may see these."""
    approved = component.versions.filter(state=ReviewState.APPROVED).values_list("number", flat=True).first()
    counted = (
        holdings_of(component)
        .order_by("component_version__number")
        .values_list("component_version__number")
        .annotate(plans=Count("plan"))
    )
    drafts = DraftItem.objects.filter(component_version__component=component, phase__draft__closed_at=None)
    return Use(
        templates=tuple(templates_with(component, for_keepers=for_keepers)),
        versions=tuple(
            HeldVersion(number, plans, is_older=approved is not None and number < approved)
            for number, plans in counted
        ),
        drafts=drafts.values("phase__draft").distinct().count(),
        copies=tuple(_title(copy) for copy in copies_of(component)),
    )


def _title(copy: Component) -> str:
    """As the version in use calls it, else the newest."""
    newest = versions_of(copy.clinic, copy.pk).first()
    return wording_in(newest, FALLBACK_LANGUAGE).text.title if newest else copy.code


def is_in_use_or_was(version: ComponentVersion) -> bool:
    """Whether a plan can hold it: then there is something to recall."""
    return version.approved_at is not None


def templates_with(component: Component, *, for_keepers: bool) -> QuerySet[TemplateVersion]:
    """Versions that are in use; for those who keep the library also what is on its way there."""
    states = [ReviewState.APPROVED]
    if for_keepers:
        states += [ReviewState.DRAFT, ReviewState.IN_REVIEW]
    holding = TemplateItem.objects.filter(component=component).values("phase__version")
    return (
        TemplateVersion.objects.filter(pk__in=holding, state__in=states)
        .select_related("template")
        .order_by("template__code", "-number")
    )


def running_plan(pk: uuid.UUID, clinic: Clinic) -> QuerySet[Plan]:
    """One plan of the clinic, with what its patient's header needs."""
    plans = Plan.objects.of(clinic).filter(pk=pk, state__in=RUNNING)
    return plans.select_related("patient__clinic", "clinic", "owner")


def plans_with(component: Component) -> Sequence[Holding] | QuerySet[Holding]:
    """Whose plans: for those who may see patients' plans alone."""
    return holdings_of(component)
