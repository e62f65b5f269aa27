"""The minute's work of this room: what a kill left over, and what nobody has opened yet."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from careplans.handouts.services import render_all_waiting


@shared_task(name="handouts.render_waiting")  # type: ignore[untyped-decorator]  # celery ships no types
def render_waiting() -> None:
    render_all_waiting(now=timezone.now())
