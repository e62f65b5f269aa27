"""What becomes of a check-in whose mail could not be sent: the patient is phoned instead."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from careplans.audit.record import SYSTEM, record_change
from careplans.checkins.models import CheckIn
from careplans.checkins.phone import move_to_phone
from careplans.outbox.models import Message
from patients.models import Patient


def take_note_of_failures(*, now: datetime, limit: int = 200) -> int:
    """Act once on each mail to a patient that failed or, without a mail server, stays here; returns how many.

    In the demo a kept mail is read in the app, so there it counts as sent.
    """
    kind = Message.Kind
    kinds = [kind.CHECK_IN, kind.REMINDER, kind.NEW_LINK, kind.PLAN_PUBLISHED]
    stays = Q(state=Message.State.FAILED) | Q(state=Message.State.KEPT, clinic__is_demo=False)
    failed = Message.objects.filter(stays, failure_noticed_at=None, kind__in=kinds)
    rows = list(failed.order_by("settled_at")[:limit])
    for message in rows:
        if message.patient_id is not None:
            _take_note(message, message.patient_id, now)
    return len(rows)


@transaction.atomic
def _take_note(message: Message, patient_id: UUID, now: datetime) -> None:
    untouched = Message.objects.filter(pk=message.pk, failure_noticed_at=None)
    if not untouched.update(failure_noticed_at=now):
        return
    asked = CheckIn.objects.filter(state=CheckIn.State.ASKED, patient_id=patient_id)
    move_to_phone(asked, reason="mail_failed", now=now)
    if message.failure == Message.Failure.ADDRESS:
        _mark_address(message, patient_id, now)


def _mark_address(message: Message, patient_id: UUID, now: datetime) -> None:
    """Only while the patient still has that address; a corrected one is not blamed for the old one."""
    patient = Patient.objects.filter(
        pk=patient_id, email__iexact=message.to_address, email_state=Patient.EmailState.OK
    ).first()
    if patient is None:
        return
    Patient.objects.filter(pk=patient.pk).update(email_state=Patient.EmailState.BOUNCED)
    record_change(
        by=SYSTEM,
        action="patient.email_refused",
        subject=patient,
        now=now,
        clinic_id=patient.clinic_id,
        patient_id=patient.pk,
        details={"message": str(message.pk)},
    )
