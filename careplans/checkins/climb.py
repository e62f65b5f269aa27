"""The ladder at work: an alert nobody acknowledged goes to the next person, however many mails were lost."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DatabaseError, transaction

from careplans.audit.record import SYSTEM, record_change
from careplans.checkins.ladder import Step, climbs_at, told_at
from careplans.checkins.models import Alert, AlertEntry
from careplans.checkins.notices import notify
from careplans.checkins.people import rungs_of

logger = logging.getLogger(__name__)


def climb_due(*, now: datetime, limit: int = 200) -> int:
    """Pass on every alert whose time has come, most urgent first; returns how many went up a step."""
    due = Alert.objects.filter(state=Alert.State.OPEN, climbs_at__lte=now).order_by("tier", "climbs_at")
    climbed = 0
    for alert in due.select_related("plan__clinic", "plan__patient", "plan__owner", "clinic", "owner")[
        :limit
    ]:
        try:
            climbed += _climb(alert, now)
        except DatabaseError:
            logger.exception("Alert %s could not be passed on; tried again at the next tick", alert.pk)
    return climbed


@transaction.atomic
def _climb(alert: Alert, now: datetime) -> int:
    step = Step(alert.step + 1)
    rungs = rungs_of(alert.plan, owner=alert.owner)
    told = told_at(step, owner=rungs.owner, cover=rungs.cover, lead=rungs.lead, clinicians=rungs.clinicians)
    next_climb = climbs_at(
        alert.tier,
        step,
        raised_at=alert.raised_at,
        cover_after_minutes=alert.clinic.cover_after_minutes,
        lead_after_minutes=alert.clinic.lead_after_minutes,
    )
    won = Alert.objects.filter(
        pk=alert.pk, state=Alert.State.OPEN, step=alert.step, times_raised=alert.times_raised
    ).update(step=step, owner=told[0], climbs_at=next_climb)
    if not won:
        return 0
    alert.step, alert.owner, alert.climbs_at = step, told[0], next_climb
    AlertEntry.objects.create(alert=alert, at=now, kind=AlertEntry.Kind.CLIMBED, owner=alert.owner)
    notify(alert=alert, people=told, now=now)
    record_change(
        by=SYSTEM,
        action="alert.climbed",
        subject=alert,
        now=now,
        clinic_id=alert.clinic_id,
        patient_id=alert.patient_id,
        details={"step": int(step), "told": [str(person.pk) for person in told]},
    )
    return 1
