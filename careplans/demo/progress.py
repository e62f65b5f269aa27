"""How far the story is told, said every few seconds: whoever waits sees that it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

EVERY_SECONDS = 3.0


class Progress:
    """Called with each moment passed; says the share of the time between ``began`` and ``until``."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        began: datetime,
        until: datetime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say, self._began, self._until, self._clock = say, began, until, clock
        self._said_at = clock()

    def __call__(self, moment: datetime) -> None:
        if self._clock() - self._said_at < EVERY_SECONDS:
            return
        self._said_at = self._clock()
        share = (moment - self._began) / (self._until - self._began)
        self._say(f"Demo: {min(max(share, 0), 1):.0%} of the twelve weeks …")
