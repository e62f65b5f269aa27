"""The health check for monitors and load balancers."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from careplans.core.public import public_page
from careplans.outbox.heartbeat import SCHEDULE, TICK
from careplans.outbox.models import Heartbeat, Message

LATE_AFTER = 2 * TICK


@public_page
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """503 while the database or the schedule is down. ``?only=site`` asks for the pages alone.

    A load balancer must not take away the pages because no check-in is asked; a monitor must hear of it.
    """
    try:
        found = {"database": "ok", "schedule": _schedule(timezone.now())}
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    is_well = found["schedule"] == "ok" or request.GET.get("only") == "site"
    return JsonResponse(found, status=200 if is_well else 503)


def _schedule(now: datetime) -> str:
    """Late after two missed ticks; before the first run only when mail is waiting for it."""
    heartbeat = Heartbeat.objects.filter(name=SCHEDULE).first()
    if heartbeat is None:
        return "has never run" if Message.objects.due(now - LATE_AFTER).exists() else "ok"
    return "ok" if now - heartbeat.beat_at <= LATE_AFTER else f"late since {heartbeat.beat_at.isoformat()}"
