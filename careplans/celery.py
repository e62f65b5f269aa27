"""The Celery app: which task goes to which queue, and what runs every minute.

The schedule lives in the database. A tick only says "look what is due", so one that is lost, late or sent twice
changes nothing (see docs/architecture.md).
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "careplans.settings")

QUICK, SLOW = "quick", "slow"
TICK_SECONDS = 60.0


def make_app(name: str, *, is_main: bool) -> Celery:
    """An app over the settings. A process has one main app; tasks know of all."""
    made = Celery(name, set_as_current=is_main)
    made.config_from_object("django.conf:settings", namespace="CELERY")
    made.conf.task_default_queue = QUICK
    # Handouts take seconds each: behind thousands of them no red-flag notice may wait, so they have workers of their own.
    made.conf.task_routes = {"handouts.*": {"queue": SLOW}}
    # A worker takes no more than it works on: the next free one should have the rest.
    made.conf.worker_prefetch_multiplier = 1
    return made


def _each_minute(task: str) -> dict[str, Any]:
    # A tick nobody took within its minute is void: the next one finds the same rows.
    return {"task": task, "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS - 5}}


app = make_app("careplans", is_main=True)
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "heartbeat": _each_minute("outbox.heartbeat"),
    "escalate": _each_minute("checkins.climb_due"),
    "ask": _each_minute("checkins.ask_due"),
    "remind": _each_minute("checkins.remind_due"),
    "close": _each_minute("checkins.close_missed"),
    "recheck-plans": _each_minute("plans.recheck"),
    "deliver": _each_minute("outbox.deliver_waiting"),
    "draw-handouts": _each_minute("handouts.render_waiting"),
    "forget-sessions": _each_minute("accounts.forget_ended_sessions"),
}
# In memory: what is due stands in the database, so the schedule itself has nothing to remember.
app.conf.beat_scheduler = "celery.beat:Scheduler"
app.conf.beat_max_loop_interval = 5
