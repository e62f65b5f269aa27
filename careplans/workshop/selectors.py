"""What the workshop's pages read beyond one version."""

from __future__ import annotations

from django.db.models import QuerySet

from careplans.accounts.models import Clinic, Membership
from careplans.accounts.permissions import Role
from careplans.library.comments import open_asks
from careplans.library.models import Retirement, ReviewComment, Source
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


def recalls_asked_in(clinic: Clinic) -> QuerySet[ReviewComment]:
    """Who asks for a recall, until a reviewer recalls the component or answers."""
    return (
        open_asks()
        .filter(clinic=clinic)
        .select_related("said_by", "component_version__component")
        .prefetch_related("component_version__texts")
    )


def reviewers_in(clinic: Clinic) -> list[str]:
    """The names of those who may approve, retire and recall."""
    members = Membership.objects.of(clinic).active().with_role(Role.REVIEWER)
    return sorted(members.values_list("user__name", flat=True))


def sources_of(clinic: Clinic) -> list[tuple[str, str]]:
    """The clinic's sources, for choosing one: (code, code and title)."""
    found = Source.objects.filter(clinic=clinic).order_by("code")
    return [(one.code, f"{one.code}: {one.title}") for one in found]
