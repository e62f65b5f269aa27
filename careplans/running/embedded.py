"""Celery's workers and schedule inside the one web process, so that a clinic needs no queue server.

Solo pools over an in-memory broker, tried with kills: nothing is lost, because what is due stands in the database and
the ticks after the next start find it. Two workers, as at scale: fifty handouts take minutes, and no red flag waits.
"""

from __future__ import annotations

import logging
import threading
import time

from celery import Celery, signals
from celery.beat import Scheduler, Service
from celery.worker import WorkController
from celery.worker import state as worker_state

from careplans.celery import QUICK, SLOW, TICK_SECONDS, app, make_app

STOP_SECONDS = 5
logger = logging.getLogger(__name__)


class EmbeddedCelery:
    """A worker for what is quick, one for handouts, and the schedule, each in a thread of this process."""

    def __init__(self) -> None:
        # Within one app, two workers cannot listen to different queues.
        self._workers = [_worker(app, QUICK), _worker(make_app("careplans-slow", is_main=False), SLOW)]
        self._beat = Service(app=app, scheduler_cls=Scheduler, max_interval=1)
        # Daemons: a task that hangs must not keep the process from ending. Its row is claimed again later.
        self._threads = [
            *(
                threading.Thread(target=_work, args=[one], name=one.hostname, daemon=True)
                for one in self._workers
            ),
            threading.Thread(target=self._beat.start, name="schedule", daemon=True),
        ]

    def start(self) -> None:
        """Begin both, and look at once for what became due while nothing ran."""
        worker_state.should_stop = None
        for thread in self._threads:
            thread.start()
        for entry in app.conf.beat_schedule.values():
            app.send_task(entry["task"], expires=TICK_SECONDS)

    def stop(self) -> None:
        """Let the tasks in hand finish, within ``STOP_SECONDS``."""
        worker_state.should_stop = 0
        self._beat.stop()
        give_up_at = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, give_up_at - time.monotonic()))
            if thread.is_alive():
                logger.info(
                    "%s did not end in time; what it held is taken up at the next start.", thread.name
                )


def _worker(its_app: Celery, queue: str) -> WorkController:
    return WorkController(
        app=its_app,
        hostname=f"{queue}@careplans",
        pool_cls="solo",
        concurrency=1,
        queues=[queue],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )


def _work(worker: WorkController) -> None:
    # Celery's own command sends this; without it, connections to the database stay open after each task.
    signals.worker_init.send(sender=worker)
    worker.start()
