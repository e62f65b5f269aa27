"""What a picture is drawn with: elements of SVG with plain attributes, and the room they take up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from careplans.library.figures.shapes import Circle, Point, hull, number, polygon

# Four greys on a black and white printer: what moves is told from what rests, and near from far, without colour.
INK, MOVING, FAR, MOVING_FAR = "#16262b", "#128a88", "#a3aeb1", "#8cc4c2"
SIGN = "#0d5c5e"
THING, LINE, PAPER = "#e4eaeb", "#46565b", "#ffffff"


@dataclass
class Drawing:
    """Elements in the order they are painted, and the box round all of them."""

    elements: list[str] = field(default_factory=list)
    left: float = 1e9
    right: float = -1e9
    top: float = 1e9
    bottom: float = -1e9

    def take_room(self, points: Iterable[Point], margin: float = 0.0) -> None:
        for x, y in points:
            self.left, self.right = min(self.left, x - margin), max(self.right, x + margin)
            self.top, self.bottom = min(self.top, y - margin), max(self.bottom, y + margin)

    def fill(self, path: str, colour: str, edge: str = "none", width: float = 0.7) -> None:
        self.elements.append(
            f'<path d="{path}" fill="{colour}" stroke="{edge}" stroke-width="{number(width)}" stroke-linejoin="round"/>'
        )

    def face(self, points: Sequence[Point], colour: str = THING) -> None:
        """A flat side of a thing."""
        self.take_room(points)
        self.fill(polygon(points), colour, LINE)

    def skin(self, circles: Sequence[Circle], colour: str, width: float = 0.8) -> None:
        """A soft thing: its outline and what it is filled with."""
        for x, y, r in circles:
            self.take_room([(x, y)], r)
        self.fill(hull(circles), colour, LINE if width else "none", width)

    def stroke(
        self, points: Sequence[Point], colour: str = LINE, width: float = 1.0, *, edged: bool = False
    ) -> None:
        self.take_room(points, width / 2)
        path = polygon(points, closed=False)
        pens = ((PAPER, width + 1.6), (colour, width)) if edged else ((colour, width),)
        for pen, size in pens:
            self.elements.append(
                f'<path d="{path}" fill="none" stroke="{pen}" stroke-width="{number(size)}" '
                'stroke-linecap="round" stroke-linejoin="round"/>'
            )
