"""The schedule's pulse: each tick leaves the time it ran."""

from __future__ import annotations

from datetime import datetime, timedelta

from careplans.outbox.models import Heartbeat

SCHEDULE = "schedule"
TICK = timedelta(minutes=1)


def beat(*, now: datetime, name: str = SCHEDULE) -> None:
    """Note that the schedule ran; a clock set back must not make it look late."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})
