"""The moved clock: things happen in the order of their moments, and what lies in the future does not happen."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Action = Callable[[datetime], None]


class Agenda:
    """Actions by moment. An action may put further ones on the agenda; nothing happens earlier than what was before."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._waiting: list[tuple[datetime, int, Action]] = []
        self._numbers = count()
        self._now: datetime | None = None

    def at(self, moment: datetime, action: Action) -> None:
        if self._now is not None:
            moment = max(moment, self._now)
        if moment <= self.until:
            heapq.heappush(self._waiting, (moment, next(self._numbers), action))

    def run(self, passed: Action = lambda moment: None) -> None:
        """Do everything; ``passed`` hears the moment of each action once it is done."""
        while self._waiting:
            moment, _number, action = heapq.heappop(self._waiting)
            self._now = moment
            action(moment)
            passed(moment)
