"""What the worklist lists, made through the verbs of the rooms it reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.checkins.alerts import acknowledge_alert
from careplans.checkins.models import Alert, CheckIn
from careplans.handouts.services import request_handout
from careplans.outbox.models import Message
from careplans.plans.models import Plan
from careplans.plans.start import start_revision
from tests.factories import NOW, make_staff
from tests.make.checkins import make_answer, make_asked, moment_of
from tests.make.documents import make_plan, make_version
from tests.make.outbox import make_message
from tests.make.plans import make_patient

# Words that no page of the front desk may hold.
CANARIES = (
    "Saddle anaesthesia",
    "Pain 8 of 10",
    "Acute lumbar spasm",
    "Canary title",
    "canary comment",
    "Latex canary",
)
SADDLE = {"saddle_numbness": True, "leg_weakness": False}


def make_alerted(clinic: Clinic, owner: User, **given: Any) -> Alert:
    """The most urgent alert of a new patient whose answer was ``given``."""
    check_in = make_asked(clinic, owner)
    make_answer(check_in, **given)
    return check_in.alerts.order_by("tier")[0]


def make_red_flag(clinic: Clinic, owner: User) -> Alert:
    return make_alerted(clinic, owner, red_flags=SADDLE)


def make_taken_on(clinic: Clinic, owner: User) -> Alert:
    alert = make_alerted(clinic, owner, wants_call=True)
    return acknowledge_alert(
        alert=alert, note="Called back at noon.", by=owner, now=moment_of(alert.check_in, hours=2)
    )


def make_to_phone(clinic: Clinic, owner: User) -> CheckIn:
    """Asked, of a patient without consent to e-mail."""
    return make_asked(clinic, owner, patient={"has_email_consent": False})


def make_undelivered(
    clinic: Clinic, owner: User, *, state: str = Message.State.FAILED, **patient: Any
) -> Message:
    """A mail to a new patient that ended in ``state``, as a delivery leaves it."""
    person = make_patient(clinic, owner, **patient)
    message = make_message(clinic, patient_id=person.pk, to_address=person.email)
    failure = Message.Failure.SERVER if state == Message.State.FAILED else ""
    settled = {"state": state, "failure": failure, "settled_at": NOW + timedelta(hours=1), "try_at": None}
    Message.objects.filter(pk=message.pk).update(**settled)
    message.refresh_from_db()
    return message


def make_running(clinic: Clinic, owner: User, *, ends_in: int = 14, title: str = "Acute spasm plan") -> Plan:
    """A published plan with a handout whose last day is ``ends_in`` days from ``NOW``."""
    plan = make_plan(make_patient(clinic, owner), owner, title=title)
    version = make_version(plan)
    request_handout(version=version, by=owner, now=NOW)
    Plan.objects.filter(pk=plan.pk).update(ends_on=NOW.date() + timedelta(days=ends_in))
    plan.refresh_from_db()
    return plan


def make_open_draft(clinic: Clinic, owner: User) -> Plan:
    plan = make_running(clinic, owner)
    start_revision(plan=plan, by=owner, now=NOW)
    return plan


def make_busy(clinic: Clinic, owner: User, *, times: int) -> None:
    """``times`` rows in every section."""
    for _number in range(times):
        make_red_flag(clinic, owner)
        make_alerted(clinic, owner, pain_now=8)
        make_taken_on(clinic, owner)
        make_to_phone(clinic, owner)
        make_undelivered(clinic, owner)
        make_open_draft(clinic, owner)
        make_running(clinic, owner, ends_in=3)


def colleague(clinic: Clinic, name: str = "Dr Ben Osei") -> User:
    return make_staff(clinic, Role.CLINICIAN, name=name)
