"""The minute's work of this room. What is known stands in the rows; a task that never ran loses nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from careplans.plans.recheck import recheck_plans


@shared_task(name="plans.recheck")  # type: ignore[untyped-decorator]  # celery ships no types
def recheck() -> None:
    recheck_plans(now=timezone.now())
