"""Flat shapes: what a viewer sees of points in space, as SVG path data. y runs down from here on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from careplans.library.figures.positions import View
from careplans.library.figures.vectors import Vector, dot

Point = tuple[float, float]
Circle = tuple[float, float, float]
STEPS = 60


@dataclass(frozen=True)
class Camera:
    """Parallel projection: nothing gets smaller with distance."""

    right: Vector
    up: Vector
    near: Vector

    @classmethod
    def of(cls, view: View) -> Camera:
        turn, above = math.radians(view.turn), math.radians(view.above)
        sin_t, cos_t, sin_a, cos_a = math.sin(turn), math.cos(turn), math.sin(above), math.cos(above)
        return cls(
            (cos_t, 0.0, -sin_t),
            (-sin_a * sin_t, cos_a, -sin_a * cos_t),
            (cos_a * sin_t, sin_a, cos_a * cos_t),
        )

    def seen(self, point: Vector) -> Point:
        return (dot(point, self.right), -dot(point, self.up))

    def depth(self, point: Vector) -> float:
        """Greater is nearer to the viewer."""
        return dot(point, self.near)


def number(value: float) -> str:
    """As short as it can be said; never a minus before zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def polygon(points: Sequence[Point], *, closed: bool = True) -> str:
    text = "L".join(f"{number(x)},{number(y)}" for x, y in points)
    return f"M{text}Z" if closed else f"M{text}"


def hull(circles: Iterable[Circle]) -> str:
    """Path of the tightest skin round some circles, in arcs; always wound the same way, so that paths unite."""
    rounds = list(circles)
    rim = {
        (
            round(x + r * math.cos(2 * math.pi * step / STEPS), 3),
            round(y + r * math.sin(2 * math.pi * step / STEPS), 3),
        ): i
        for i, (x, y, r) in enumerate(rounds)
        for step in range(STEPS)
    }
    runs = _runs([(point, rim[point]) for point in _convex(sorted(rim))])
    path = "L".join(_joined(points[0]) + _arc(points, rounds[index]) for points, index in runs)
    return f"M{path}Z"


def _joined(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"


def _arc(points: list[Point], circle: Circle) -> str:
    """On from the first point along the circle to the last; where that is flat, a line prints faster."""
    if len(points) < 2:
        return ""
    if len(points) <= 3:
        return "L" + _joined(points[-1])
    radius, large = number(circle[2]), int(len(points) * 2 > STEPS)
    return f"A{radius},{radius},0,{large},1,{_joined(points[-1])}"


def _runs(tagged: list[tuple[Point, int]]) -> list[tuple[list[Point], int]]:
    """Neighbouring points that lie on one circle, beginning where a circle begins."""
    begin = next((i for i in range(len(tagged)) if tagged[i][1] != tagged[i - 1][1]), 0)
    turned = tagged[begin:] + tagged[:begin]
    return [
        ([point for point, _index in group], index)
        for index, group in itertools.groupby(turned, key=lambda one: one[1])
    ]


def _convex(ordered: Sequence[Point]) -> list[Point]:
    return _half(ordered)[:-1] + _half(ordered[::-1])[:-1]


def _half(points: Sequence[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
            kept.pop()
        kept.append(point)
    return kept


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def curve(start: Point, end: Point, bow: float, steps: int = 24) -> list[Point]:
    """Points of a bowed line; the bow lies to the left of the way, as seen on paper."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    middle = ((start[0] + end[0]) / 2 + dy * bow * 2, (start[1] + end[1]) / 2 - dx * bow * 2)

    def at(t: float) -> Point:
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        return (
            a * start[0] + b * middle[0] + c * end[0],
            a * start[1] + b * middle[1] + c * end[1],
        )

    return [at(step / steps) for step in range(steps + 1)]
