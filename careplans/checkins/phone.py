"""From mail to phone: a check-in that was mailed and now has to be asked by a call."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from careplans.audit.record import SYSTEM, record_change
from careplans.checkins.models import CheckIn


@transaction.atomic
def move_to_phone(check_ins: QuerySet[CheckIn], *, reason: str, now: datetime) -> None:
    """Put those of ``check_ins`` that were mailed on the phone list; ``reason`` is a word for the trail."""
    for check_in in check_ins.filter(channel=CheckIn.Channel.EMAIL).select_for_update(of=("self",)):
        CheckIn.objects.filter(pk=check_in.pk).update(channel=CheckIn.Channel.PHONE)
        record_change(
            by=SYSTEM,
            action="check_in.moved_to_phone",
            subject=check_in,
            now=now,
            clinic_id=check_in.clinic_id,
            patient_id=check_in.patient_id,
            details={"reason": reason},
        )
