"""Who works in a clinic, and who is invited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from careplans.accounts.clinics import FIELDS
from careplans.accounts.invitations import invitation_link
from careplans.accounts.models import Clinic, Invitation, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.qualified import judged_languages
from careplans.accounts.second_factor import FACTORS
from careplans.core.tokens import hash_token


@dataclass(frozen=True)
class StaffRow:
    """One person on the staff page."""

    user: User
    membership: Membership
    roles: tuple[str, ...]
    has_second_factor: bool
    is_lead: bool
    is_reviewer: bool
    # Names of the languages whose translations they may approve.
    languages: tuple[str, ...]


@dataclass(frozen=True)
class InvitationRow:
    """One open invitation; ``link`` only where no mail server delivers it."""

    invitation: Invitation
    link: str


def people_of(clinic: Clinic) -> QuerySet[User]:
    """Everybody who works in the clinic now, each once."""
    now_here = Membership.objects.active().of(clinic).values("user")
    return User.objects.filter(pk__in=now_here).order_by("name", "email")


def clinicians_of(clinic: Clinic) -> QuerySet[User]:
    clinicians = Membership.objects.active().of(clinic).with_role(Role.CLINICIAN).values("user")
    return User.objects.filter(pk__in=clinicians).order_by("name")


def reviewers_of(clinic: Clinic) -> QuerySet[User]:
    reviewers = Membership.objects.active().of(clinic).with_role(Role.REVIEWER).values("user")
    return User.objects.filter(pk__in=reviewers).order_by("name")


def roles_of(clinic: Clinic, user: User) -> list[str]:
    return list(Membership.objects.active().of(clinic).filter(user=user).values_list("role", flat=True))


def staff_rows(clinic: Clinic) -> list[StaffRow]:
    """Two queries, whatever the number of people."""
    members = (
        Membership.objects.active().of(clinic).select_related("user", "clinic").order_by("user__name", "role")
    )
    names = dict(judged_languages())
    by_user: dict[User, list[Membership]] = {}
    for membership in members:
        by_user.setdefault(membership.user, []).append(membership)
    secured = set(
        Authenticator.objects.filter(user__in=by_user, type__in=FACTORS).values_list("user_id", flat=True)
    )
    return [
        StaffRow(
            user=user,
            membership=memberships[0],
            roles=tuple(one.get_role_display() for one in memberships),
            has_second_factor=user.pk in secured,
            is_lead=clinic.clinical_lead_id == user.pk,
            is_reviewer=any(one.role == Role.REVIEWER for one in memberships),
            languages=tuple(names.get(code, code) for one in memberships for code in one.languages),
        )
        for user, memberships in by_user.items()
    ]


def invitation_rows(clinic: Clinic, now: datetime) -> list[InvitationRow]:
    is_mailed = bool(settings.EMAIL_URL)
    found = Invitation.objects.of(clinic).open(now).select_related("invited_by").order_by("-created_at")
    return [InvitationRow(one, "" if is_mailed else invitation_link(one)) for one in found]


def invitation_by_token(token: str, now: datetime) -> Invitation | None:
    """Looked up by hash, so a stolen database opens nothing and the time taken tells nothing."""
    return Invitation.objects.open(now).filter(token_hash=hash_token(token)).first()


def open_invitation(pk: str, now: datetime) -> Invitation | None:
    """``pk`` as the session keeps it; empty where it keeps none."""
    return Invitation.objects.open(now).filter(pk=pk).select_related("clinic").first() if pk else None


def account_of(invitation: Invitation) -> User | None:
    """The working account of the invited address, if there is one; its owner signs in to accept."""
    if not invitation.email:
        return None
    return User.objects.filter(email=invitation.email, is_active=True).first()


@dataclass(frozen=True)
class ClinicRow:
    """One clinic a person works in."""

    clinic: Clinic
    roles: str


def clinics_by_roles(memberships: Sequence[Membership]) -> list[ClinicRow]:
    """Of one person's memberships, each clinic once with all roles there."""
    roles: dict[Clinic, list[str]] = {}
    for membership in memberships:
        roles.setdefault(membership.clinic, []).append(str(membership.get_role_display()))
    return [ClinicRow(clinic, ", ".join(names)) for clinic, names in roles.items()]


def differences(clinic: Clinic, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands in the clinic's settings where ``given`` says something else: (field, value now)."""
    found = []
    for name in FIELDS:
        now = getattr(clinic, name)
        if name in given and given[name] != now:
            label = str(Clinic._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # plain fields only
            found.append((label, str(now) if now not in (None, "") else "–"))
    return found
