"""The Celery worker and its schedule inside the one web process, so that a clinic needs no queue server.

Solo pool over an in-memory broker, tried with kills: nothing is lost, because what is due stands in the database and
the ticks after the next start find it.
"""

from __future__ import annotations

import logging
import threading

from celery import signals
from celery.beat import Scheduler, Service
from celery.worker import WorkController
from celery.worker import state as worker_state

from careplans.celery import QUICK, SLOW, TICK_SECONDS, app

STOP_SECONDS = 10
logger = logging.getLogger(__name__)


class EmbeddedCelery:
    """One worker and one schedule, each in a thread of this process."""

    def __init__(self) -> None:
        self._worker = WorkController(
            app=app,
            hostname="embedded@careplans",
            pool_cls="solo",
            concurrency=1,
            queues=[QUICK, SLOW],
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._beat = Service(app=app, scheduler_cls=Scheduler, max_interval=1)
        # Daemons: a task that hangs must not keep the process from ending. Its row is claimed again later.
        self._threads = [
            threading.Thread(target=self._work, name="celery-worker", daemon=True),
            threading.Thread(target=self._beat.start, name="celery-beat", daemon=True),
        ]

    def start(self) -> None:
        """Begin both, and look at once for what became due while nothing ran."""
        worker_state.should_stop = None
        for thread in self._threads:
            thread.start()
        for entry in app.conf.beat_schedule.values():
            app.send_task(entry["task"], expires=TICK_SECONDS)

    def stop(self) -> None:
        """Let the task in hand finish, within ``STOP_SECONDS``."""
        worker_state.should_stop = 0
        self._beat.stop()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
            if thread.is_alive():
                logger.warning(
                    "%s did not end in time; what it held is taken up at the next start.", thread.name
                )

    def _work(self) -> None:
        # Celery's own command sends this; without it, connections to the database stay open after each task.
        signals.worker_init.send(sender=self._worker)
        self._worker.start()
