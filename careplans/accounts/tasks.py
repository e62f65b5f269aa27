"""Housekeeping of this room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from careplans.accounts.sessions import forget_ended_sessions


@shared_task(name="accounts.forget_ended_sessions")  # type: ignore[untyped-decorator]  # celery ships no types
def forget() -> None:
    forget_ended_sessions(now=timezone.now())
