"""Who stands on the rungs of the ladder for one plan, read anew at every step: people leave and roles change."""

from __future__ import annotations

from dataclasses import dataclass

from careplans.accounts.models import Membership, User
from careplans.accounts.permissions import Role
from careplans.plans.models import Plan


@dataclass(frozen=True)
class Rungs:
    """``clinicians`` are all who may handle an alert in this clinic, by name."""

    owner: User
    cover: User | None
    lead: User | None
    clinicians: tuple[User, ...]


def rungs_of(plan: Plan, *, owner: User) -> Rungs:
    """The ladder as it stands now, for an alert that ``owner`` holds."""
    clinicians = clinicians_of(plan)
    lead = next((person for person in clinicians if person.pk == plan.clinic.clinical_lead_id), None)
    others = [person for person in clinicians if person not in (owner, lead)]
    own = [person for person in others if person.pk == plan.patient.clinician_id]
    return Rungs(owner, next(iter([*own, *others]), None), lead, clinicians)


def first_owner(plan: Plan) -> User:
    """The plan's clinician while they work here; otherwise cover, lead, or whoever is left; never nobody."""
    rungs = rungs_of(plan, owner=plan.owner)
    if plan.owner in rungs.clinicians:
        return plan.owner
    return rungs.cover or rungs.lead or plan.owner


def clinicians_of(plan: Plan) -> tuple[User, ...]:
    memberships = Membership.objects.active().with_role(Role.CLINICIAN).filter(clinic=plan.clinic_id)
    return tuple(
        membership.user for membership in memberships.select_related("user").order_by("user__name", "user_id")
    )
