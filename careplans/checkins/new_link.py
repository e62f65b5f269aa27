"""A new link for somebody whose old one has ended: to the address on record, seldom, and never more than that."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from careplans.audit.record import SYSTEM, record_change
from careplans.checkins.selectors import version_to_lead_to
from careplans.outbox.compose import compose
from careplans.outbox.models import Message
from careplans.outbox.queue import queue_message
from careplans.plans.models import Plan, PlanVersion
from patients.contact import lock_patient
from patients.models import Patient

A_DAY = timedelta(days=1)
LINKS_A_DAY = 3
APART = timedelta(minutes=10)


@transaction.atomic
def send_new_link(*, plan_id: UUID, now: datetime) -> bool:
    """Mail the link of the patient's plan that runs; false when there is none, no consent, or one went out lately.

    Whoever asks is not known, so they are told the same in every case.
    """
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is None:
        return False
    # Locked, so that of two clicks the second sees the mail of the first.
    patient = lock_patient(plan.patient_id)
    version = version_to_lead_to(patient, now)
    if version is None or not patient.can_be_mailed or not _may_send(patient, now):
        return False
    _queue(version, patient, now)
    record_change(
        by=SYSTEM,
        action="patient.new_link_sent",
        subject=version.plan,
        now=now,
        clinic_id=patient.clinic_id,
        patient_id=patient.pk,
        details={},
    )
    return True


def _may_send(patient: Patient, now: datetime) -> bool:
    sent = Message.objects.filter(
        kind=Message.Kind.NEW_LINK, patient_id=patient.pk, created_at__gt=now - A_DAY
    )
    times = list(sent.values_list("created_at", flat=True))
    return len(times) < LINKS_A_DAY and all(now - at >= APART for at in times)


def _queue(version: PlanVersion, patient: Patient, now: datetime) -> None:
    mail = compose("checkins/mail/new_link", {"clinic": version.plan.clinic}, patient.language)
    queue_message(
        clinic=version.plan.clinic,
        kind=Message.Kind.NEW_LINK,
        key=f"new-link:{patient.pk}:{now.timestamp():.0f}",
        to_address=patient.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language=patient.language,
        due_at=now,
        send_by=now + A_DAY,
        patient_id=patient.pk,
        link_nonce=version.link_nonce,
        link_purpose="plan",
        link_path="/p/",
        now=now,
    )
