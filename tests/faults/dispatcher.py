"""Dispatcher processes that can be killed at any statement.

Loads Django once and forks a worker for each request on standard input, a line of JSON: ``{"start": {…}}`` answers
with the worker's process id, ``{"wait": pid}`` answers once it is gone.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import timedelta
from typing import Any

import django


def work(*, database: str, email_url: str, ahead: float, limit: int) -> None:
    """Deliver until nothing is due any more, as the minute's ticks do, by a clock ``ahead`` seconds ahead."""
    from django.conf import settings  # noqa: PLC0415  # after django.setup
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from careplans.outbox.deliver import deliver_due  # noqa: PLC0415

    connection.settings_dict["NAME"] = database
    if connection.vendor == "postgresql":
        # A worker may be stopped in the middle of a transaction: its rows come free sooner than in a clinic.
        connection.settings_dict["OPTIONS"]["options"] = "-c idle_in_transaction_session_timeout=2s"
    settings.EMAIL_URL = email_url
    idle = 0
    while idle < 2:
        report = deliver_due(now=timezone.now() + timedelta(seconds=ahead), limit=limit)
        idle = 0 if report.claimed else idle + 1


def answer(request: dict[str, Any]) -> int:
    if "wait" in request:
        os.waitpid(request["wait"], 0)
        return 0
    pid = os.fork()
    if pid == 0:
        try:
            work(**request["start"])
        except Exception:  # noqa: BLE001  # printed for the test
            traceback.print_exc()
        finally:  # whatever goes wrong, a worker never goes on to read its maker's requests
            os._exit(0)
    return pid


def main() -> None:
    django.setup()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{answer(json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
