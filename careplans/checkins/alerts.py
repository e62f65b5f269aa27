"""Alerts: raised with the answer that causes them, owned from the first moment, settled by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import SYSTEM, Actor, record_change
from careplans.checkins.ladder import CLIMBING, Step, climbs_at
from careplans.checkins.models import Alert, AlertEntry, CheckIn
from careplans.checkins.notices import notify, withdraw_notices
from careplans.checkins.people import first_owner
from careplans.checkins.refusals import AlertMoved, AlertNotReady
from careplans.checkins.scoring import Signal
from careplans.core.text import LETTERS_OF_A_NOTE, TooFewWords, UnusableText, plain_words


@transaction.atomic
def raise_alert(*, check_in: CheckIn, signal: Signal, by: Actor = SYSTEM, now: datetime) -> Alert:
    """Raise what ``signal`` says about ``check_in``; the same check-in and tier join one alert.

    A cause that is new opens the alert again, even if it was acknowledged: nobody has heard of that cause yet.
    """
    alert = check_in.alerts.select_for_update(of=("self",)).filter(tier=signal.tier).first()
    if alert is None:
        return _raise_first(check_in, signal, by, now)
    new = [cause for cause in signal.causes if cause not in alert.causes]
    if new:
        _raise_again(alert, new, by, now)
    return alert


@transaction.atomic
def acknowledge_alert(*, alert: Alert, note: str, by: User, now: datetime) -> Alert:
    """Take the alert on: it stops climbing and belongs to ``by``. The note says what is being done."""
    note = _written(note, ask=_("Write down what you are doing about it before you acknowledge."))
    taken = Alert.objects.filter(pk=alert.pk, state=Alert.State.OPEN).update(
        state=Alert.State.ACKNOWLEDGED,
        acknowledged_at=now,
        acknowledged_by=by,
        note=note,
        owner=by,
        climbs_at=None,
    )
    if not taken:
        raise AlertMoved(_who_was_first(alert))
    alert.refresh_from_db()
    withdraw_notices(alert=alert, now=now)
    _note(alert, AlertEntry.Kind.ACKNOWLEDGED, now, by=by, note=note)
    _audit(alert, "alert.acknowledged", by, now)
    return alert


@transaction.atomic
def resolve_alert(*, alert: Alert, resolution: str, by: User, now: datetime) -> Alert:
    """Close an acknowledged alert with what came of it."""
    resolution = _written(resolution, ask=_("Write down what came of it before you resolve."))
    closed = Alert.objects.filter(pk=alert.pk, state=Alert.State.ACKNOWLEDGED).update(
        state=Alert.State.RESOLVED, resolved_at=now, resolved_by=by, resolution=resolution
    )
    if not closed:
        alert.refresh_from_db()
        if alert.state == Alert.State.OPEN:
            raise AlertNotReady(_("Acknowledge the alert first: its note says what was done."))
        raise AlertMoved(_who_was_first(alert))
    alert.refresh_from_db()
    _note(alert, AlertEntry.Kind.RESOLVED, now, by=by, note=resolution)
    _audit(alert, "alert.resolved", by, now)
    return alert


def _written(text: str, *, ask: str) -> str:
    """A note in words; what says nothing is refused with ``ask``."""
    try:
        return plain_words(text, letters=LETTERS_OF_A_NOTE, ask=ask)
    except (TooFewWords, UnusableText) as refusal:
        raise AlertNotReady(str(refusal)) from refusal


def _raise_first(check_in: CheckIn, signal: Signal, by: Actor, now: datetime) -> Alert:
    plan = check_in.plan
    alert = Alert.objects.create(
        clinic_id=check_in.clinic_id,
        patient_id=check_in.patient_id,
        plan=plan,
        check_in=check_in,
        tier=signal.tier,
        causes=list(signal.causes),
        owner=first_owner(plan),
        raised_at=now,
        climbs_at=first_climb(check_in, signal.tier, now),
    )
    _note(alert, AlertEntry.Kind.RAISED, now)
    _tell_owner(alert, now)
    _audit(alert, "alert.raised", by, now)
    return alert


def _raise_again(alert: Alert, causes: list[str], by: Actor, now: datetime) -> None:
    alert.causes = [*alert.causes, *causes]
    alert.state, alert.step = Alert.State.OPEN, Step.OWNER
    alert.acknowledged_at = alert.acknowledged_by = alert.resolved_at = alert.resolved_by = None
    alert.note = alert.resolution = ""
    alert.raised_at, alert.times_raised = now, alert.times_raised + 1
    alert.climbs_at = first_climb(alert.check_in, alert.tier, now)
    alert.save()
    _note(alert, AlertEntry.Kind.RAISED_AGAIN, now)
    _tell_owner(alert, now)
    _audit(alert, "alert.raised_again", by, now)


def first_climb(check_in: CheckIn, tier: int, now: datetime) -> datetime | None:
    clinic = check_in.clinic
    return climbs_at(
        tier,
        Step.OWNER,
        raised_at=now,
        cover_after_minutes=clinic.cover_after_minutes,
        lead_after_minutes=clinic.lead_after_minutes,
    )


def _tell_owner(alert: Alert, now: datetime) -> None:
    if alert.tier in CLIMBING:
        notify(alert=alert, people=[alert.owner], now=now)


def _note(alert: Alert, kind: str, now: datetime, *, by: User | None = None, note: str = "") -> None:
    AlertEntry.objects.create(alert=alert, at=now, kind=kind, by=by, owner=alert.owner, note=note)


def _audit(alert: Alert, action: str, by: Actor, now: datetime) -> None:
    record_change(
        by=by,
        action=action,
        subject=alert,
        now=now,
        clinic_id=alert.clinic_id,
        patient_id=alert.patient_id,
        details={"tier": alert.tier_code, "step": alert.step},
    )


def _who_was_first(alert: Alert) -> str:
    """Said to the one who came second; nothing of theirs was stored."""
    alert.refresh_from_db()
    if alert.resolved_by and alert.resolved_at:
        name, at = alert.resolved_by.name, _when(alert.resolved_at, alert)
        return _("%(name)s resolved this alert on %(at)s. Nothing of yours was saved over it.") % {
            "name": name,
            "at": at,
        }
    if alert.acknowledged_by and alert.acknowledged_at:
        name, at = alert.acknowledged_by.name, _when(alert.acknowledged_at, alert)
        return _("%(name)s acknowledged this alert on %(at)s. Nothing of yours was saved over it.") % {
            "name": name,
            "at": at,
        }
    return _("This alert was raised again with another cause. Read it before you go on.")


def _when(moment: datetime, alert: Alert) -> str:
    return date_format(localtime(moment, alert.clinic.zone), "j M H:i")
