"""What a benchmark gives: a figure beside what it is compared with and the goal it has to hold."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """``compared_with`` says in words what the value is set against; ``goal`` is the bound that ``holds`` is about."""

    figure: str
    value: float
    unit: str
    compared_with: str
    goal: str
    holds: bool
    runs: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def at_most(  # one line a figure in the benchmarks
    figure: str, value: float, unit: str, *, goal: float, compared_with: str, runs: int = 1
) -> Figure:
    """A figure that must not pass ``goal``."""
    return Figure(figure, round(value, 4), unit, compared_with, f"at most {goal:g}", value <= goal, runs)


def seconds_of(action: Callable[[], object], *, runs: int) -> list[float]:
    """How long ``action`` took, each time."""
    taken = []
    for _run in range(runs):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return taken


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
