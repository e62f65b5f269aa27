"""The minute's work of this room. The rows say what is due; a task that never ran loses nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from careplans.checkins import ask, bounces, climb, close, confirm, remind


@shared_task(name="checkins.ask_due")  # type: ignore[untyped-decorator]  # celery ships no types
def ask_due() -> None:
    now = timezone.now()
    # First, so that an address refused a minute ago is not written to again.
    bounces.take_note_of_failures(now=now)
    ask.ask_due(now=now)


@shared_task(name="checkins.remind_due")  # type: ignore[untyped-decorator]
def remind_due() -> None:
    remind.remind_due(now=timezone.now())


@shared_task(name="checkins.close_missed")  # type: ignore[untyped-decorator]
def close_missed() -> None:
    now = timezone.now()
    close.close_missed(now=now)
    confirm.forget_old_tries(now=now)


@shared_task(name="checkins.climb_due")  # type: ignore[untyped-decorator]
def climb_due() -> None:
    climb.climb_due(now=timezone.now())
