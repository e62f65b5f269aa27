"""The web server in this process: gunicorn with threads, and the embedded workers where no Redis is set."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from careplans.handouts.render import warm_up
from careplans.running.embedded import EmbeddedCelery

THREADS = 8
GRACEFUL_SECONDS = 10


class GracefulArbiter(Arbiter):  # type: ignore[misc]  # gunicorn ships no types
    """Ctrl-C is the usual way to end a clinic's server: it finishes requests as SIGTERM does."""

    def handle_int(self) -> None:
        raise StopIteration


class Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, announce: Callable[[], None]) -> None:
        self._announce = announce
        self._embedded: EmbeddedCelery | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        # Django is loaded already: workers are forks of this process.
        return WSGIHandler()

    def run(self) -> None:
        GracefulArbiter(self).run()

    def _options(self) -> dict[str, Any]:
        return {
            "bind": bind_address(settings.HOST, settings.PORT),
            "workers": settings.WEB_PROCESSES,
            "threads": THREADS,
            "worker_class": "gthread",
            "loglevel": "warning",
            "graceful_timeout": GRACEFUL_SECONDS,
            "timeout": 60,
            "limit_request_fields": 60,
            "limit_request_line": 4094,
            "control_socket_disable": True,
            "proc_name": "careplans",
            "when_ready": lambda server: self._announce(),
            "post_worker_init": self._worker_started,
            "worker_exit": self._worker_ended,
        }

    def _worker_started(self, worker: Any) -> None:
        # Ctrl-C reaches the whole process group; only the parent decides how to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # So that nobody waits for it with their first handout.
        warm_up()
        if settings.CELERY_EMBEDDED:
            self._embedded = EmbeddedCelery()
            self._embedded.start()

    def _worker_ended(self, server: Any, worker: Any) -> None:
        # Gunicorn calls this in the parent too, for workers that died; the parent holds no threads.
        if self._embedded is not None and worker.pid == os.getpid():
            self._embedded.stop()
            self._embedded = None


def bind_address(host: str, port: int) -> str:
    """``host:port`` as gunicorn reads it, IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
