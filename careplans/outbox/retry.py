"""Sending again by hand what could not be sent or whose outcome is unknown."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.audit.record import Actor, record_change
from careplans.core.refusals import Refusal, StaleChange
from careplans.outbox.hint import hint_delivery
from careplans.outbox.lifecycle import State
from careplans.outbox.models import Message

BY_HAND = frozenset({State.FAILED, State.UNKNOWN})


class NotSentAgain(Refusal):
    """This message cannot or may not be sent again."""


def can_retry(message: Message, now: datetime) -> bool:
    return message.state in BY_HAND and not (message.send_by and message.send_by <= now)


@transaction.atomic
def retry_message(*, message: Message, by: Actor, now: datetime) -> Message:
    """Queue it again, with the same Message-ID and link; its tries so far stay on record."""
    if message.state not in BY_HAND:
        raise NotSentAgain(
            _("Only a message that could not be sent, or whose outcome is unknown, can be sent again.")
        )
    if not can_retry(message, now):
        raise NotSentAgain(
            _("This message may no longer be sent: its time has passed, or the patient wants no e-mail.")
        )
    failed = Message.objects.filter(pk=message.pk, state=message.state)
    is_ours = failed.update(
        state=State.PENDING,
        try_at=now,
        attempts=0,
        give_up_at=None,
        failure="",
        failure_noticed_at=None,
        settled_at=None,
    )
    if not is_ours:
        raise StaleChange(_("Somebody else has dealt with this message meanwhile. Look at it again."))
    record_change(
        by=by,
        action="message.retried",
        subject=message,
        now=now,
        clinic_id=message.clinic_id,
        patient_id=message.patient_id,
        details={"was": message.state},
    )
    message.refresh_from_db()
    hint_delivery()
    return message
