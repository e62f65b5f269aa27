"""The e-mail that tells staff of an alert. It is only a hint: the alert climbs on "not acknowledged", not on "not sent"."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse

from careplans.accounts.models import User
from careplans.checkins.mails import MAIL_ERRORS
from careplans.checkins.models import Alert
from careplans.checkins.tiers import Tier
from careplans.outbox.compose import compose
from careplans.outbox.lifecycle import URGENT
from careplans.outbox.models import Message
from careplans.outbox.queue import cancel_messages, queue_message

logger = logging.getLogger(__name__)
ORDINARY = 5
# Alerts of one answer that are raised or passed on within this time reach a person as one notice.
TOGETHER = timedelta(minutes=10)


def notice_prefix(alert: Alert) -> str:
    return f"alert:{alert.pk}:"


def notify(*, alert: Alert, people: Iterable[User], now: datetime) -> None:
    """Queue one notice a person for the alert's present step; part of the caller's transaction.

    A notice that cannot be made must not undo the answer it tells of: the alert stands and climbs without it.
    Of several alerts of one answer a person hears once, of the most urgent: its page names the others.
    """
    for person in people:
        if _has_just_heard(alert, person, now):
            continue
        try:
            _queue(alert, person, now)
        except MAIL_ERRORS:
            logger.exception("No notice of alert %s could be queued for %s", alert.pk, person.pk)


def notices_of(alert: Alert) -> list[Message]:
    """What was queued since the alert was raised, oldest first."""
    return list(Message.objects.filter(key__startswith=notice_prefix(alert)).order_by("created_at"))


def withdraw_notices(*, alert: Alert, now: datetime) -> None:
    """Take back what still waits: the alert is in somebody's hands."""
    cancel_messages(keys=[message.key for message in notices_of(alert)], now=now)


def _has_just_heard(alert: Alert, person: User, now: datetime) -> bool:
    """Whether a notice of a more urgent alert of the same answer went to this person a moment ago and still stands."""
    prefixes = [
        notice_prefix(other)
        for other in alert.check_in.alerts.filter(state=Alert.State.OPEN, tier__lt=alert.tier)
    ]
    lately = Message.objects.filter(
        kind=Message.Kind.ALERT_NOTICE, to_address=person.email, created_at__gt=now - TOGETHER
    )
    return any(lately.filter(key__startswith=prefix).exists() for prefix in prefixes)


def _queue(alert: Alert, person: User, now: datetime) -> None:
    is_urgent = alert.tier == Tier.RED_FLAG
    context = {"clinic": alert.clinic, "is_urgent": is_urgent, "is_passed_on": alert.step > 0}
    mail = compose("checkins/mail/alert_notice", context, alert.clinic.language)
    queue_message(
        clinic=alert.clinic,
        kind=Message.Kind.ALERT_NOTICE,
        key=f"{notice_prefix(alert)}step:{alert.step}:{alert.times_raised}:{person.pk}",
        to_address=person.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language=alert.clinic.language,
        due_at=now,
        priority=URGENT if is_urgent else ORDINARY,
        link_path=reverse("alert-detail", args=[alert.pk]),
        now=now,
    )
