"""Reminding: once a check-in, in sending hours, one mail a patient, and only while it is unanswered."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from careplans.accounts.models import Clinic
from careplans.audit.record import SYSTEM, record_change
from careplans.checkins.due_time import is_sending_hour
from careplans.checkins.mails import MAIL_ERRORS, queue_reminder
from careplans.checkins.models import CheckIn
from careplans.checkins.phone import move_to_phone
from careplans.plans.models import Plan
from patients.contact import lock_patient

logger = logging.getLogger(__name__)


def remind_due(*, now: datetime, limit: int = 200) -> int:
    """Remind of what has waited the clinic's number of days (0: never); returns how many patients were reminded."""
    days_in_use = Clinic.objects.filter(reminder_after_days__gt=0).values_list(
        "reminder_after_days", flat=True
    )
    reminded = 0
    for days in days_in_use.distinct().order_by():
        for patient_rows in _waiting(now, days, limit).values():
            try:
                reminded += _remind(patient_rows, now)
            except (DatabaseError, *MAIL_ERRORS):
                logger.exception("Check-in %s could not be reminded of", patient_rows[0].pk)
    return reminded


def _waiting(now: datetime, days: int, limit: int) -> dict[object, list[CheckIn]]:
    """Open, mailed and not reminded of, newest first, by patient; only where it is a sending hour now."""
    rows = CheckIn.objects.open(now).filter(
        channel=CheckIn.Channel.EMAIL,
        reminded_at=None,
        asked_at__lte=now - timedelta(days=days),
        clinic__reminder_after_days=days,
        plan__state=Plan.State.ACTIVE,
    )
    by_patient: dict[object, list[CheckIn]] = {}
    for row in rows.select_related("clinic", "patient", "plan").order_by("-due_at").iterator():
        clinic = row.clinic
        if is_sending_hour(
            now, sending_from=clinic.sending_from, sending_until=clinic.sending_until, zone=row.patient.zone
        ):
            by_patient.setdefault(row.patient_id, []).append(row)
        if len(by_patient) >= limit:
            break
    return by_patient


@transaction.atomic
def _remind(rows: list[CheckIn], now: datetime) -> int:
    """One mail for all of a patient's open check-ins, with the link of the newest."""
    newest = rows[0]
    newest.patient = lock_patient(newest.patient_id)
    open_ones = CheckIn.objects.open(now).filter(pk__in=[row.pk for row in rows], reminded_at=None)
    if not newest.patient.can_be_mailed:
        move_to_phone(open_ones, reason="no_mail", now=now)
        return 0
    if not open_ones.filter(pk=newest.pk).exists() or not open_ones.update(reminded_at=now):
        return 0
    queue_reminder(check_in=newest, now=now)
    record_change(
        by=SYSTEM,
        action="check_in.reminded",
        subject=newest,
        now=now,
        clinic_id=newest.clinic_id,
        patient_id=newest.patient_id,
        details={"merged": len(rows)},
    )
    return 1
