"""What became of messages: for the dashboard, for the list, and for rooms that act on failures."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from careplans.accounts.models import Clinic
from careplans.outbox.heartbeat import SCHEDULE, TICK
from careplans.outbox.lifecycle import IN_HANDS, State
from careplans.outbox.models import Heartbeat, Message, MessageQuerySet

# Two ticks missed, and a little room for one that takes long.
LATE_AFTER = TICK * 2.5


@dataclass(frozen=True)
class Fates:
    """How many messages of a clinic stand where."""

    queued: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    kept: int = 0
    expired: int = 0
    cancelled: int = 0

    @property
    def need_a_person(self) -> int:
        return self.failed + self.unknown


def fates_of(clinic: Clinic, *, since: datetime | None = None) -> Fates:
    """Counts for the dashboard; messages in a worker's hands still count as queued."""
    messages = Message.objects.of(clinic)
    if since is not None:
        messages = messages.filter(created_at__gte=since)
    counts = dict(messages.order_by().values_list("state").annotate(Count("pk")))
    queued = sum(counts.pop(state, 0) for state in (State.PENDING, *IN_HANDS))
    return Fates(queued=queued, **counts)


def is_schedule_late(now: datetime) -> bool:
    """Whether the minute's work has stopped: two ticks missed, or nothing ever ran and messages wait."""
    beat = Heartbeat.objects.filter(name=SCHEDULE).first()
    if beat is not None:
        return now - beat.beat_at > LATE_AFTER
    return Message.objects.due(now - LATE_AFTER).exists()


def unnoticed_failures(*, limit: int = 200) -> list[Message]:
    """Mails to patients that could not be sent and that no room has acted on; ``failure`` says whether the
    address was refused. Whoever acts sets ``failure_noticed_at`` by compare-and-set in the same transaction.
    """
    failed = Message.objects.filter(state=State.FAILED, failure_noticed_at=None, patient_id__isnull=False)
    return list(failed.order_by("settled_at")[:limit])


def messages_of_patient(clinic: Clinic, patient_id: uuid.UUID) -> MessageQuerySet:
    """All messages of one patient, newest first."""
    return Message.objects.of(clinic).filter(patient_id=patient_id)


def patient_filter(value: str) -> uuid.UUID | None:
    """The patient id of an address such as ``?patient=…``; anything else filters nothing."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
