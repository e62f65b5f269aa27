"""Inviting people, and what an invited person does with the link."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.clinics import open_clinic
from careplans.accounts.mail import (
    INVITATION_PATH,
    INVITATION_PURPOSE,
    cancel_invitation_mail,
    queue_invitation,
)
from careplans.accounts.models import Clinic, Invitation, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.refusals import (
    AddressTaken,
    AlreadyOnStaff,
    HasAdministrator,
    InvitationNotOpen,
    WrongPerson,
)
from careplans.audit.record import SYSTEM, Actor, record_change
from careplans.core.tokens import derive_token, hash_token, new_nonce

VALID_FOR = timedelta(hours=72)


@transaction.atomic
def invite_staff(*, clinic: Clinic, email: str, name: str, role: Role, by: User, now: datetime) -> Invitation:
    """Send somebody a link that lets them in once. A newer invitation to the same address replaces an older one."""
    email = email.strip().lower()
    if Membership.objects.active().of(clinic).with_role(role).filter(user__email=email).exists():
        raise AlreadyOnStaff
    for older in Invitation.objects.of(clinic).open(now).filter(email=email):
        withdraw_invitation(invitation=older, by=by, now=now)
    invitation = _new_invitation(clinic=clinic, email=email, name=name, role=role, by=by, now=now)
    queue_invitation(invitation=invitation, now=now)
    details = {"role": role.value}
    record_change(
        by=by, action="staff.invited", subject=invitation, now=now, clinic_id=clinic.pk, details=details
    )
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> None:
    """Make the link useless, and stop its mail if that has not left yet."""
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(withdrawn_at=now):
        raise InvitationNotOpen
    cancel_invitation_mail(invitation=invitation, now=now)
    clinic_id = invitation.clinic_id
    record_change(by=by, action="invitation.withdrawn", subject=invitation, now=now, clinic_id=clinic_id)


def accept_invitation(
    *, invitation: Invitation, name: str, password: str, now: datetime, email: str = ""
) -> User:
    """Make the account of an invited person. ``email`` counts only where the invitation names none."""
    sealed = make_password(password)  # slow on purpose, so not while holding the database's write lock
    with transaction.atomic():
        _use_up(invitation, now)
        user = _new_or_returning_user(invitation.email or email.strip().lower(), name, sealed)
        _join(invitation, user, now)
    return user


@transaction.atomic
def join_clinic(*, invitation: Invitation, user: User, now: datetime) -> None:
    """Let somebody who has an account already, and is signed in with it, work in one more clinic or role."""
    if user.email != invitation.email:
        raise WrongPerson
    _use_up(invitation, now)
    _join(invitation, user, now)


@transaction.atomic
def invite_first_administrator(*, now: datetime) -> str | None:
    """The one-time address for whoever sets up a new installation; ``None`` once there is an administrator.

    Asked again before it was used, it gives a new address and the older one stops working.
    """
    administrators = Membership.objects.active().with_role(Role.ADMINISTRATOR)
    if administrators.filter(clinic__in=Clinic.objects.real()).exists():
        return None
    clinic = Clinic.objects.real().order_by("created_at").first()
    if clinic is None:
        clinic = open_clinic(name=_("New clinic"), by=SYSTEM, now=now)
    return invite_administrator_of(clinic=clinic, now=now)


@transaction.atomic
def invite_administrator_of(*, clinic: Clinic, now: datetime, email: str = "") -> str:
    """The one-time address for the first administrator of ``clinic``; an older one stops working.

    Without ``email`` whoever opens it names their own; somebody who works in another clinic already needs it.
    """
    administrators = Membership.objects.active().of(clinic).with_role(Role.ADMINISTRATOR)
    if administrators.exists():
        raise HasAdministrator
    for older in Invitation.objects.of(clinic).open(now).filter(invited_by=None):
        withdraw_invitation(invitation=older, by=SYSTEM, now=now)
    invitation = _new_invitation(clinic=clinic, role=Role.ADMINISTRATOR, now=now, email=email.strip().lower())
    details = {"role": Role.ADMINISTRATOR.value}
    record_change(
        by=SYSTEM, action="staff.invited", subject=invitation, now=now, clinic_id=clinic.pk, details=details
    )
    return invitation_link(invitation)


def invitation_link(invitation: Invitation) -> str:
    """The address that was mailed. Whoever has it can accept, so only administrators get to see it."""
    token = derive_token(invitation.nonce, purpose=INVITATION_PURPOSE)
    return f"{settings.SITE_URL}{INVITATION_PATH}{token}/"


def _new_invitation(
    *, clinic: Clinic, role: Role, now: datetime, email: str = "", name: str = "", by: User | None = None
) -> Invitation:
    nonce = new_nonce()
    return Invitation.objects.create(
        clinic=clinic,
        email=email,
        name=name.strip(),
        role=role,
        nonce=nonce,
        token_hash=hash_token(derive_token(nonce, purpose=INVITATION_PURPOSE)),
        invited_by=by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )


def _use_up(invitation: Invitation, now: datetime) -> None:
    """Compare and set: of two people with the same link exactly one gets in."""
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(accepted_at=now):
        raise InvitationNotOpen


def _new_or_returning_user(email: str, name: str, sealed_password: str) -> User:
    """A returning one lost access when they left, so the mailbox proves them as it does a new one."""
    user = User.objects.filter(email=email).first()
    if user is None:
        return User.objects.create(email=email, name=name.strip(), password=sealed_password)
    if user.is_active:
        raise AddressTaken
    user.name, user.password, user.is_active = name.strip(), sealed_password, True
    user.session_generation += 1
    user.save(update_fields=["name", "password", "is_active", "session_generation"])
    return user


def _join(invitation: Invitation, user: User, now: datetime) -> None:
    Membership.objects.get_or_create(
        user=user, clinic_id=invitation.clinic_id, role=invitation.role, ended_at=None
    )
    details = {"role": invitation.role, "invitation": str(invitation.pk)}
    clinic_id = invitation.clinic_id
    record_change(by=user, action="staff.joined", subject=user, now=now, clinic_id=clinic_id, details=details)
