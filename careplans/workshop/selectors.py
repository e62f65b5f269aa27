"""What the workshop's pages read beyond one version."""

from __future__ import annotations

from careplans.accounts.models import Clinic
from careplans.library.models import Retirement, Source
from careplans.library.retired import RetirementQuerySet


def proposals_in(clinic: Clinic) -> RetirementQuerySet:
    """Proposals to retire, settled ones too: who comes too late is told so by the verb."""
    return Retirement.objects.filter(clinic=clinic).select_related(
        "proposed_by",
        "safety_rule__source",
        "red_flag__source",
        "component_version__component",
        "template_version__template",
    )


def sources_of(clinic: Clinic) -> list[tuple[str, str]]:
    """The clinic's sources, for choosing one: (code, code and title)."""
    found = Source.objects.filter(clinic=clinic).order_by("code")
    return [(one.code, f"{one.code}: {one.title}") for one in found]
