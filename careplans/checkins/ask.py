"""Asking: due check-ins become a mail, or a name on the phone list. Each row is its own transaction."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from careplans.audit.record import SYSTEM, Actor, record_change
from careplans.checkins.close import close_missed, supersede
from careplans.checkins.mails import MAIL_ERRORS, queue_invitation
from careplans.checkins.models import CheckIn
from careplans.checkins.refusals import CheckInNotOpen
from careplans.checkins.remind import remind_due
from careplans.checkins.schedule import moments_of
from careplans.plans.models import Plan
from patients.contact import lock_patient

__all__ = ["ask_due", "ask_now", "close_missed", "remind_due"]

logger = logging.getLogger(__name__)


def ask_due(*, now: datetime, limit: int = 200) -> int:
    """Ask what is due, for each plan only the newest; returns how many were asked.

    After an outage the older ones of a plan are closed unasked, so that nobody gets a burst of mails.
    """
    newest = CheckIn.objects.due(now).values("plan").annotate(newest=Max("due_at")).order_by("newest")
    asked = 0
    for row in newest[:limit]:
        check_in = CheckIn.objects.due(now).filter(plan=row["plan"], due_at=row["newest"]).first()
        if check_in is not None:
            asked += _ask_or_hand_over(check_in.pk, now)
    return asked


@transaction.atomic
def ask_now(*, check_in: CheckIn, by: Actor, now: datetime) -> CheckIn:
    """Ask a planned check-in before its day and at any hour. For trying the product out: the demo clinic offers it."""
    check_in = _read(check_in.pk)
    is_running = check_in.plan.state == Plan.State.ACTIVE
    today = now.astimezone(check_in.patient.zone).date()
    closes_at = max(check_in.closes_at, moments_of(today, check_in.clinic, check_in.patient)[1])
    if not is_running or not _claim(check_in, now, closes_at=closes_at):
        raise CheckInNotOpen(_("This check-in is no longer planned, so it cannot be sent."))
    _ask(check_in, by, now, is_urgent=True)
    return check_in


def _ask_or_hand_over(check_in_id: UUID, now: datetime) -> int:
    """A mail that cannot be made puts the patient on the phone list; a busy database is tried again next time."""
    try:
        try:
            return _ask_row(check_in_id, now, may_mail=True)
        except MAIL_ERRORS:
            logger.exception("Check-in %s could not be mailed; it goes to the phone list", check_in_id)
            return _ask_row(check_in_id, now, may_mail=False)
    except DatabaseError:
        logger.exception("Check-in %s could not be asked; tried again at the next tick", check_in_id)
        return 0


@transaction.atomic
def _ask_row(check_in_id: UUID, now: datetime, *, may_mail: bool) -> int:
    check_in = _read(check_in_id)
    if check_in.plan.state != Plan.State.ACTIVE or not _claim(check_in, now, closes_at=check_in.closes_at):
        return 0
    _ask(check_in, SYSTEM, now, may_mail=may_mail)
    return 1


def _read(check_in_id: UUID) -> CheckIn:
    """With the patient locked: an opt-out comes before, and is seen, or after, and calls the mail back."""
    check_in = CheckIn.objects.select_related("clinic", "plan").get(pk=check_in_id)
    check_in.patient = lock_patient(check_in.patient_id)
    return check_in


def _claim(check_in: CheckIn, now: datetime, *, closes_at: datetime) -> bool:
    """Compare-and-set: of any number of workers exactly one asks."""
    planned = CheckIn.objects.filter(
        pk=check_in.pk, state=CheckIn.State.SCHEDULED, plan__state=Plan.State.ACTIVE
    )
    won = planned.update(state=CheckIn.State.ASKED, asked_at=now, closes_at=closes_at)
    check_in.closes_at = closes_at
    return bool(won)


def _ask(
    check_in: CheckIn, by: Actor, now: datetime, *, may_mail: bool = True, is_urgent: bool = False
) -> None:
    """Choose the channel as consent and address are now, send, and close what this one replaces."""
    is_mail = may_mail and check_in.patient.can_be_mailed
    check_in.state, check_in.asked_at = CheckIn.State.ASKED, now
    check_in.channel = CheckIn.Channel.EMAIL if is_mail else CheckIn.Channel.PHONE
    check_in.save(update_fields=["channel"])
    supersede(check_in=check_in, now=now)
    if is_mail:
        queue_invitation(check_in=check_in, now=now, is_urgent=is_urgent)
    record_change(
        by=by,
        action="check_in.asked",
        subject=check_in,
        now=now,
        clinic_id=check_in.clinic_id,
        patient_id=check_in.patient_id,
        details={"channel": check_in.channel},
    )
