"""What became of messages: for the dashboard and for the list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count

from careplans.accounts.models import Clinic
from careplans.outbox.heartbeat import TICK
from careplans.outbox.lifecycle import IN_HANDS, State
from careplans.outbox.models import Message

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


def fates_of(clinic: Clinic) -> Fates:
    """Counts for the dashboard; messages in a worker's hands still count as queued."""
    counts = dict(Message.objects.of(clinic).order_by().values_list("state").annotate(Count("pk")))
    queued = sum(counts.pop(state, 0) for state in (State.PENDING, *IN_HANDS))
    return Fates(queued=queued, **counts)


def patient_filter(value: str) -> uuid.UUID | None:
    """The patient id of an address such as ``?patient=…``; anything else filters nothing."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
