"""A nudge to the workers after a commit. Only a hint: the rows decide what is due, and the minute's tick finds them."""

from __future__ import annotations

import logging
import time

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from careplans.outbox.tasks import deliver_waiting

logger = logging.getLogger(__name__)
# Two clients retry here, each in its own way: with retry_on_timeout redis-py tries twice at once instead of four times
# with growing waits, and the rest holds kombu to one more try without waiting.
QUICKLY = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "retry_on_timeout": True,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
QUIET_SECONDS = 30.0


class _Broker:
    """Remembers for half a minute that the broker does not answer, so that not every request waits for it."""

    quiet_until = 0.0


def hint_delivery() -> None:
    """Wake a worker once the current transaction is committed; without a broker the next tick does it."""
    transaction.on_commit(_send_hint)


def _send_hint() -> None:
    if time.monotonic() < _Broker.quiet_until:
        return
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | QUICKLY
    try:
        with current_app.connection_for_write(transport_options=options) as connection:
            deliver_waiting.apply_async(connection=connection, retry=False)
    except OperationalError as error:
        # Redis lost must never fail the request whose change is already stored.
        _Broker.quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("No broker to wake a worker: %s", type(error).__name__)
