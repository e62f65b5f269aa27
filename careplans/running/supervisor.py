"""With Redis: the site, two Celery workers and the schedule as child processes, kept alive and stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings

from careplans.celery import QUICK, SLOW
from careplans.core.environment import url_host

STOP_SECONDS = 20
READY_SECONDS = 10
# A child that dies this often within a minute will not get better by itself.
MOST_DEATHS = 5
PR_SET_PDEATHSIG = 1
CELERY = [sys.executable, "-m", "celery", "-A", "careplans.celery", "-q"]
# Said by Celery to every root; bin/run serves as whoever starts it, and docs/operations.md names a user of its own.
NO_WARNING_AS_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker"}
Say = Callable[[str], None]


@dataclass
class Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    died_at: list[float] = field(default_factory=list)

    def start(self) -> None:
        # A group of its own: Ctrl-C reaches only this process, which then ends the others in order.
        self.process = subprocess.Popen(  # noqa: S603  # commands of this file
            self.command,
            cwd=settings.BASE_DIR,
            env=os.environ | NO_WARNING_AS_ROOT,
            process_group=0,
            preexec_fn=end_with_parent,  # noqa: PLW1509  # this process has one thread
        )

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def dies_too_often(self, now: float) -> bool:
        self.died_at = [at for at in self.died_at if now - at < 60] + [now]
        return len(self.died_at) >= MOST_DEATHS


def commands() -> list[Child]:
    worker = [
        *CELERY,
        "worker",
        "--pool=prefork",
        "--without-gossip",
        "--without-mingle",
        "--loglevel=WARNING",
    ]
    return [
        Child("web server", [sys.executable, "manage.py", "serve", "--skip-checks"]),
        Child("worker", [*worker, "-c", "2", "-Q", QUICK, "-n", "quick@%h"]),
        Child("handout worker", [*worker, "-c", "1", "-Q", SLOW, "-n", "slow@%h"]),
        Child("schedule", [*CELERY, "beat", "--loglevel=WARNING"]),
    ]


def end_with_parent() -> None:
    """Ask the kernel to end this child when its parent is killed: the next start must find the port free."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Watches children until told to stop; the exit code says whether it was asked to."""

    def __init__(self, children: list[Child], say: Say, is_ready: Callable[[], bool] = lambda: True) -> None:
        self._children, self._say, self._is_ready = children, say, is_ready
        self._is_asked_to_stop = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        try:
            first, *others = self._children
            first.start()
            self._wait_for(first)
            for child in others:
                child.start()
            return self._watch()
        finally:
            self._stop_all()

    def _wait_for(self, child: Child) -> None:
        """Let the site come up before the workers compete with it for the processor."""
        give_up_at = time.monotonic() + READY_SECONDS
        while not (self._is_ready() or child.has_died() or self._is_asked_to_stop):
            if time.monotonic() > give_up_at:
                return
            time.sleep(0.1)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._is_asked_to_stop = True

    def _watch(self) -> int:
        while not self._is_asked_to_stop:
            for child in self._children:
                if child.has_died() and not self._revive(child):
                    return 1
            time.sleep(0.2)
        return 0

    def _revive(self, child: Child) -> bool:
        code = child.process.returncode if child.process else None
        if child.dies_too_often(time.monotonic()):
            self._say(
                f"The {child.name} ended {MOST_DEATHS} times within a minute (code {code}): all is stopped."
            )
            return False
        self._say(f"The {child.name} ended (code {code}) and is started again.")
        child.start()
        return True

    def _stop_all(self) -> None:
        """The schedule and the workers finish what they hold, the site its requests; then none is left."""
        living = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in living:
            process.terminate()
        give_up_at = time.monotonic() + STOP_SECONDS
        for process in living:
            try:
                process.wait(max(0.1, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run_with_workers(say: Say) -> int:
    return Supervisor(commands(), say, site_answers).run()


def site_answers() -> bool:
    try:
        socket.create_connection((url_host(settings.HOST).strip("[]"), settings.PORT), timeout=1).close()
    except OSError:
        return False
    return True
