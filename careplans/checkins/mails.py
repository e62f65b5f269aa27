"""The two mails a patient gets about a check-in. Neither holds a clinical word or a name."""

from __future__ import annotations

from datetime import datetime

from django.template import TemplateDoesNotExist, TemplateSyntaxError

from careplans.checkins.due_time import next_sending_moment
from careplans.checkins.models import CheckIn
from careplans.checkins.schedule import LINK_PATH, LINK_PURPOSE
from careplans.core.refusals import Refusal
from careplans.outbox.compose import compose
from careplans.outbox.models import Message
from careplans.outbox.queue import queue_message

# What an address, a template or a stored document can do wrong; none of it may stop anything but its own mail.
MAIL_ERRORS = (Refusal, TemplateDoesNotExist, TemplateSyntaxError, ValueError, LookupError)


def queue_invitation(*, check_in: CheckIn, now: datetime, is_urgent: bool = False) -> None:
    """The mail with the link; it is of no use after the check-in closes, so it is not sent after that.

    ``is_urgent`` does not wait for the clinic's sending hours.
    """
    due_at = now if is_urgent else _in_sending_hours(check_in, now)
    _queue(check_in, "check_in", Message.Kind.CHECK_IN, check_in.mail_key, now, due_at=due_at)


def queue_reminder(*, check_in: CheckIn, now: datetime) -> None:
    _queue(
        check_in,
        "reminder",
        Message.Kind.REMINDER,
        check_in.reminder_key,
        now,
        due_at=_in_sending_hours(check_in, now),
    )


def _in_sending_hours(check_in: CheckIn, now: datetime) -> datetime:
    clinic = check_in.clinic
    return next_sending_moment(
        now, sending_from=clinic.sending_from, sending_until=clinic.sending_until, zone=check_in.patient.zone
    )


def _queue(check_in: CheckIn, template: str, kind: str, key: str, now: datetime, *, due_at: datetime) -> None:
    clinic, patient = check_in.clinic, check_in.patient
    context = {"clinic": clinic, "closes_on": check_in.closes_at.astimezone(patient.zone).date()}
    mail = compose(f"checkins/mail/{template}", context, patient.language)
    queue_message(
        clinic=clinic,
        kind=kind,
        key=key,
        to_address=patient.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language=patient.language,
        due_at=due_at,
        send_by=check_in.closes_at,
        patient_id=patient.pk,
        link_nonce=check_in.nonce,
        link_purpose=LINK_PURPOSE,
        link_path=LINK_PATH,
        now=now,
    )
