"""The Celery app: which task goes to which queue, and what runs every minute.

The schedule lives in the database. A tick only says "look what is due", so one that is lost, late or sent twice
changes nothing (see docs/architecture.md).
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "careplans.settings")

app = Celery("careplans")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

QUICK, SLOW = "quick", "slow"
# Handouts take seconds each: behind thousands of them no red-flag notice may wait, so they have workers of their own.
app.conf.task_default_queue = QUICK
app.conf.task_routes = {"handouts.*": {"queue": SLOW}}
# Two workers at most take more than they are working on: the next free one should have it.
app.conf.worker_prefetch_multiplier = 1

TICK_SECONDS = 60.0


def _each_minute(task: str) -> dict[str, Any]:
    # A tick nobody took within its minute is void: the next one finds the same rows.
    return {"task": task, "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS - 5}}


app.conf.beat_schedule = {
    "heartbeat": _each_minute("outbox.heartbeat"),
    "escalate": _each_minute("checkins.climb_due"),
    "ask": _each_minute("checkins.ask_due"),
    "remind": _each_minute("checkins.remind_due"),
    "close": _each_minute("checkins.close_missed"),
    "deliver": _each_minute("outbox.deliver_waiting"),
    "draw-handouts": _each_minute("handouts.render_waiting"),
}
# In memory: what is due stands in the database, so the schedule itself has nothing to remember.
app.conf.beat_scheduler = "celery.beat:Scheduler"
app.conf.beat_max_loop_interval = 5
