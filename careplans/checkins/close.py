"""Closing: a check-in that nobody answered is missed, and two in a row are a silence that a person looks into."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DatabaseError, transaction

from careplans.audit.record import SYSTEM, record_change
from careplans.checkins.alerts import raise_alert
from careplans.checkins.models import Alert, Answer, CheckIn
from careplans.checkins.scoring import Signal
from careplans.checkins.tiers import Tier
from careplans.outbox.queue import cancel_messages
from careplans.plans.models import Plan

logger = logging.getLogger(__name__)
MISSED_IN_A_ROW = 2
TWO_MISSED = "two_missed"


def close_missed(*, now: datetime, limit: int = 500) -> int:
    """Close what is past its time, asked or, after a long outage, not even asked; returns how many."""
    closed = 0
    for check_in in CheckIn.objects.in_play().filter(closes_at__lte=now).order_by("closes_at")[:limit]:
        try:
            with transaction.atomic():
                closed += close(check_in=check_in, now=now)
        except DatabaseError:
            logger.exception("Check-in %s could not be closed; tried again at the next tick", check_in.pk)
    return closed


def supersede(*, check_in: CheckIn, now: datetime) -> None:
    """Close the plan's older planned and open check-ins: this one asks the same again, and one question is enough."""
    older = check_in.plan.check_ins.in_play().filter(due_at__lt=check_in.due_at).exclude(pk=check_in.pk)
    for row in older.order_by("due_at"):
        close(check_in=row, now=now)


def close(*, check_in: CheckIn, now: datetime) -> bool:
    """Settle one row: a part of an answer counts as its answer, nothing at all as missed. Inside a transaction."""
    # Locked before looking for an answer, so that one coming in at this moment is seen.
    row = CheckIn.objects.in_play().select_for_update(of=("self",)).filter(pk=check_in.pk).first()
    if row is None:
        return False
    was_asked = row.asked_at is not None
    is_partly_answered = Answer.objects.filter(check_in=row).exists()
    state = CheckIn.State.ANSWERED if is_partly_answered else CheckIn.State.MISSED
    CheckIn.objects.filter(pk=row.pk).update(state=state, settled_at=now)
    cancel_messages(keys=[check_in.mail_key, check_in.reminder_key], now=now)
    record_change(
        by=SYSTEM,
        action=f"check_in.{state}",
        subject=check_in,
        now=now,
        clinic_id=check_in.clinic_id,
        patient_id=check_in.patient_id,
        details={"was_asked": was_asked},
    )
    if was_asked and not is_partly_answered:
        _notice_silence(check_in, now)
    return True


def _notice_silence(check_in: CheckIn, now: datetime) -> None:
    """Two asked and missed in a row, counting only what was asked; one open alert for it is enough."""
    plan = check_in.plan
    asked = plan.check_ins.exclude(asked_at=None).filter(due_at__lte=check_in.due_at)
    states = list(asked.order_by("-due_at").values_list("state", flat=True)[:MISSED_IN_A_ROW])
    is_silent = states == [CheckIn.State.MISSED] * MISSED_IN_A_ROW
    is_known = Alert.objects.unresolved().filter(plan=plan, tier=Tier.SILENCE).exists()
    if is_silent and not is_known and plan.state == Plan.State.ACTIVE:
        raise_alert(check_in=check_in, signal=Signal(Tier.SILENCE, (TWO_MISSED,)), now=now)
