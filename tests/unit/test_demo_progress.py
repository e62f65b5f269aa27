"""Making the demo says how far it is, and not for every step."""

from __future__ import annotations

from datetime import timedelta

from careplans.demo.progress import Progress
from tests.factories import NOW

DAY = timedelta(days=1)


def test_says_the_share_of_the_time_every_few_seconds() -> None:
    said: list[str] = []
    clock = iter([0.0, 1.0, 3.5, 3.5, 5.0, 7.0, 7.0, 11.0, 11.0])
    progress = Progress(said.append, began=NOW, until=NOW + 100 * DAY, clock=lambda: next(clock))
    for days in (10, 25, 26, 50, 100):
        progress(NOW + days * DAY)
    assert said == [f"Demo: {share}% of the twelve weeks …" for share in (25, 50, 100)]
