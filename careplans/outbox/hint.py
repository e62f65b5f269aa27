"""A nudge to the workers after a commit. Only a hint: the rows decide what is due, and the minute's tick finds them."""

from __future__ import annotations

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

from careplans.outbox.tasks import deliver_waiting

logger = logging.getLogger(__name__)
# One more try at once, no waiting: a request must not hang on a broker that is gone.
QUICKLY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


def hint_delivery() -> None:
    """Wake a worker once the current transaction is committed; without a broker the next tick does it."""
    transaction.on_commit(_send_hint)


def _send_hint() -> None:
    try:
        deliver_waiting.apply_async(retry=True, retry_policy=QUICKLY, ignore_result=True)
    except OperationalError as error:
        # Redis lost must never fail the request whose change is already stored.
        logger.warning("No broker to wake a worker: %s", type(error).__name__)
