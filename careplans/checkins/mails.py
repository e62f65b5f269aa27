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


def queue_invitation(*, check_in: CheckIn, now: datetime) -> None:
    """The mail with the link; it is of no use after the check-in closes, so it is not sent after that."""
    _queue(check_in, "check_in", Message.Kind.CHECK_IN, check_in.mail_key, now)


def queue_reminder(*, check_in: CheckIn, now: datetime) -> None:
    _queue(check_in, "reminder", Message.Kind.REMINDER, check_in.reminder_key, now)


def _queue(check_in: CheckIn, template: str, kind: str, key: str, now: datetime) -> None:
    clinic, patient = check_in.clinic, check_in.patient
    context = {"clinic": clinic, "closes_on": check_in.closes_at.astimezone(patient.zone).date()}
    mail = compose(f"checkins/mail/{template}", context, patient.language)
    due_at = next_sending_moment(
        now, sending_from=clinic.sending_from, sending_until=clinic.sending_until, zone=patient.zone
    )
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
