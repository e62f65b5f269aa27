"""The minute's work of this room. The rows say what is due; a task that never ran loses nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from careplans.outbox.deliver import deliver_until_done
from careplans.outbox.heartbeat import beat


@shared_task(name="outbox.deliver_waiting")  # type: ignore[untyped-decorator]  # celery ships no types
def deliver_waiting() -> None:
    deliver_until_done(now=timezone.now())


@shared_task(name="outbox.heartbeat")  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    beat(now=timezone.now())
