"""Changing who works in a clinic and what they may do there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import models, transaction

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.refusals import (
    LastAdministrator,
    NoRoleLeft,
    NotOnStaff,
    RolesChanged,
    WorksElsewhereToo,
)
from careplans.audit.record import Actor, record_change


@transaction.atomic
def change_roles(
    *, clinic: Clinic, user: User, seen: Collection[str], roles: Collection[Role], by: User, now: datetime
) -> None:
    """Give ``user`` exactly these roles in ``clinic``; counts at their next request.

    ``seen`` are the roles that ``by`` decided on; refused when the person has others by now.
    """
    memberships = _memberships(clinic, user)
    if not roles:
        raise NoRoleLeft
    before = {Role(membership.role) for membership in memberships}
    if before != set(seen):
        raise RolesChanged(before)
    if Role.ADMINISTRATOR in before - set(roles):
        _require_another_administrator(clinic, user)
    for membership in memberships:
        if membership.role not in roles:
            membership.ended_at = now
            membership.save(update_fields=["ended_at"])
    for role in sorted(set(roles) - before):
        Membership.objects.create(user=user, clinic=clinic, role=role)
    if Role.CLINICIAN not in roles:
        _step_down_as_lead(clinic, user, by=by, now=now)
    details = {"before": sorted(before), "after": sorted(roles)}
    record_change(
        by=by, action="staff.roles_changed", subject=user, now=now, clinic_id=clinic.pk, details=details
    )


@transaction.atomic
def end_membership(*, membership: Membership, by: User, now: datetime) -> None:
    """End somebody's access to this clinic, in all roles. With no clinic left, their account and sessions end too."""
    clinic, user = membership.clinic, membership.user
    memberships = _memberships(clinic, user)
    if any(one.role == Role.ADMINISTRATOR for one in memberships):
        _require_another_administrator(clinic, user)
    for one in memberships:
        one.ended_at = now
        one.save(update_fields=["ended_at"])
    _step_down_as_lead(clinic, user, by=by, now=now)
    details = {"roles": sorted(one.role for one in memberships)}
    record_change(by=by, action="staff.left", subject=user, now=now, clinic_id=clinic.pk, details=details)
    if not Membership.objects.active().filter(user=user).exists():
        _switch_off(user)


@transaction.atomic
def end_sessions(*, user: User, by: Actor, now: datetime) -> None:
    """Sign ``user`` out everywhere, at once."""
    user.session_generation += 1
    user.save(update_fields=["session_generation"])
    record_change(by=by, action="staff.sessions_ended", subject=user, now=now, clinic_id=None)


@transaction.atomic
def reset_second_factor(*, user: User, clinic: Clinic | None, by: Actor, now: datetime) -> None:
    """Forget the lost authenticator of ``user``, who sets up a new one at the next sign-in.

    ``clinic`` is the one whose administrator asks, and then the only one where the person works; ``None`` stands
    for whoever runs the installation.
    """
    if clinic is not None:
        _memberships(clinic, user)
        if Membership.objects.active().filter(user=user).exclude(clinic=clinic).exists():
            raise WorksElsewhereToo
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user, by=by, now=now)
    clinic_id = clinic.pk if clinic else None
    record_change(by=by, action="staff.second_factor_reset", subject=user, now=now, clinic_id=clinic_id)


def _memberships(clinic: Clinic, user: User) -> list[Membership]:
    """The person's roles here, locked so that two administrators cannot remove each other at the same time."""
    # Locking the clinic's row makes all changes of its staff wait for each other.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    found = list(Membership.objects.active().of(clinic).filter(user=user))
    if not found:
        raise NotOnStaff
    return found


def _require_another_administrator(clinic: Clinic, user: User) -> None:
    administrators = Membership.objects.active().of(clinic).with_role(Role.ADMINISTRATOR)
    if not administrators.exclude(user=user).exists():
        raise LastAdministrator


def _step_down_as_lead(clinic: Clinic, user: User, *, by: User, now: datetime) -> None:
    """Alerts must not climb to somebody who cannot open them."""
    led = Clinic.objects.filter(pk=clinic.pk, clinical_lead=user)
    if not led.update(clinical_lead=None, version=models.F("version") + 1):
        return
    details = {"before": {"clinical_lead": str(user.pk)}, "after": {"clinical_lead": None}}
    record_change(
        by=by, action="clinic.changed", subject=clinic, now=now, clinic_id=clinic.pk, details=details
    )


def _switch_off(user: User) -> None:
    user.is_active = False
    user.session_generation += 1
    user.save(update_fields=["is_active", "session_generation"])
