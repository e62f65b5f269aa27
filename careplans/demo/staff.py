"""The demo clinic and the people who work there, made up like everything in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.services import change_clinic, invite_staff, open_clinic, set_languages
from careplans.audit.record import SYSTEM, record_change

# Telephone numbers here and in stories come from the ranges Ofcom keeps free for drama; addresses end in ".example".
CLINIC = {
    "name": "Riverside Back Clinic",
    "address": "12 Towpath Row, Riverside",
    "phone": "+44 1632 960123",
    "country": "GB",
    "emergency_number": "999",
    "time_zone": "Europe/London",
    "brand_colour": "#1f5673",
    "out_of_hours_text": "We are here Monday to Friday, 8:00 to 18:00. At other times call 111 for advice.",
}
ADMINISTRATOR = ("Farah Daoud", "farah.daoud@riverside.example")
# The first of each role is the one whose sign-in is printed.
PEOPLE = (
    (Role.CLINICIAN, "Nadia Ferreira", "nadia.ferreira@riverside.example"),
    (Role.CLINICIAN, "Tom Adeyemi", "tom.adeyemi@riverside.example"),
    (Role.CLINICIAN, "Dr Helen Marsh", "helen.marsh@riverside.example"),
    (Role.FRONT_DESK, "Jo Whitcombe", "jo.whitcombe@riverside.example"),
    (Role.EDITOR, "Priya Raman", "priya.raman@riverside.example"),
    (Role.REVIEWER, "Henrik Lund", "henrik.lund@riverside.example"),
)
# Of the others nobody here can say whether they are right, as in most clinics.
REVIEWER_JUDGES = ("es",)


@dataclass(frozen=True)
class Staff:
    administrator: User
    clinicians: tuple[User, ...]
    front_desk: User
    editor: User
    reviewer: User


def make_clinic(now: datetime) -> Clinic:
    return open_clinic(name=CLINIC["name"], by=SYSTEM, now=now, is_demo=True, fields=CLINIC)


def make_staff(clinic: Clinic, now: datetime) -> Staff:
    """The administrator first, then one an hour; the last of the clinicians leads."""
    administrator = _employ(clinic, Role.ADMINISTRATOR, *ADMINISTRATOR, now=now)
    people = [
        (role, _employ(clinic, role, name, email, now=now + timedelta(hours=number)))
        for number, (role, name, email) in enumerate(PEOPLE, 1)
    ]
    clinicians = tuple(user for role, user in people if role == Role.CLINICIAN)
    front_desk = next(user for role, user in people if role == Role.FRONT_DESK)
    editor = next(user for role, user in people if role == Role.EDITOR)
    reviewer = next(user for role, user in people if role == Role.REVIEWER)
    lead = {"clinical_lead": clinicians[-1]}
    at = now + timedelta(hours=len(people) + 1)
    change_clinic(clinic=clinic, version=clinic.version, fields=lead, by=administrator, now=at)
    set_languages(clinic=clinic, user=reviewer, seen=[], languages=REVIEWER_JUDGES, by=administrator, now=at)
    return Staff(administrator, clinicians, front_desk, editor, reviewer)


def invite_newcomer(clinic: Clinic, staff: Staff, now: datetime) -> None:
    """Somebody who has not come yet, so that the staff page shows an open invitation."""
    invite_staff(
        clinic=clinic,
        email="mei.tan@riverside.example",
        name="Mei Tan",
        role=Role.CLINICIAN,
        by=staff.administrator,
        now=now,
    )


def _employ(clinic: Clinic, role: Role, name: str, email: str, *, now: datetime) -> User:
    """Without a password: the start gives those that it prints, and hashing one takes as long as ten patients."""
    user = User.objects.create_user(email=email, name=name)
    Membership.objects.create(user=user, clinic=clinic, role=role)
    record_change(
        by=SYSTEM,
        action="staff.joined",
        subject=user,
        now=now,
        clinic_id=clinic.pk,
        details={"role": role.value},
    )
    return user


def backdate(clinic: Clinic, now: datetime) -> None:
    """These three moments are the database's own clock; the clinic began ``now``, before its patients came."""
    Clinic.objects.filter(pk=clinic.pk).update(created_at=now)
    for number, membership in enumerate(Membership.objects.of(clinic).order_by("created_at")):
        joined = now + timedelta(hours=number)
        Membership.objects.filter(pk=membership.pk).update(created_at=joined)
        User.objects.filter(pk=membership.user_id).update(date_joined=joined)
