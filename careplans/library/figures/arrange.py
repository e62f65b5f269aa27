"""Where the frames of a picture stand on its sheet: in a row, below one another, or two in each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from careplans.library.figures.pens import Drawing
from careplans.library.figures.positions import Picture

MARGIN, GAP = 3.0, 13.0
# A lone small figure is not blown up to the size of a lying one.
MIN_WIDTH, MIN_RATIO = 132.0, 1.35
# The number stands under its frame, or before it where frames stand below one another: lying figures print larger so.
NUMBER_ROOM = 11.0
# What a handout keeps free for a picture, in millimetres.
PRINT_WIDTH, PRINT_HEIGHT = 74.0, 42.0


@dataclass(frozen=True)
class Placed:
    """A frame, where its own zero lies on the sheet, and the middle of its number."""

    drawing: Drawing
    x: float
    y: float
    number_at: tuple[float, float]

    def moved(self, x: float) -> Placed:
        return replace(self, x=self.x + x, number_at=(self.number_at[0] + x, self.number_at[1]))


@dataclass(frozen=True)
class Sheet:
    placed: tuple[Placed, ...]
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Millimetres on paper for a hundredth of body height."""
        return min(PRINT_WIDTH / self.width, PRINT_HEIGHT / self.height)

    def from_right_to_left(self) -> Sheet:
        """The frames change places; the figures in them do not turn round."""
        turned = []
        for one in self.placed:
            x = self.width - one.x - one.drawing.left - one.drawing.right
            turned.append(replace(one, x=x, number_at=(self.width - one.number_at[0], one.number_at[1])))
        return replace(self, placed=tuple(turned))


# What stands where, how wide and how high it all is.
Laid = tuple[list[Placed], float, float]


def arranged(picture: Picture, drawings: Sequence[Drawing]) -> Sheet:
    """As the data say, else so that the figures print largest in the room a handout has."""
    ways: list[str] = [picture.arrange] if picture.arrange else list(_WAYS)
    least = 0.0 if picture.window else MIN_WIDTH
    return max((_sheet(drawings, way, least) for way in ways), key=lambda sheet: sheet.scale)


def _sheet(drawings: Sequence[Drawing], way: str, least: float) -> Sheet:
    placed, width, height = _WAYS[way](drawings)
    height += 2 * MARGIN
    full = max(width + 2 * MARGIN, least, height * MIN_RATIO)
    return Sheet(tuple(one.moved((full - width) / 2) for one in placed), full, height)


def _row(drawings: Sequence[Drawing]) -> Laid:
    return _one_row(drawings, numbered=len(drawings) > 1)


def _one_row(drawings: Sequence[Drawing], *, numbered: bool, start: float = 0.0) -> Laid:
    """Side by side with floors level, from ``start`` down; then how wide and high they are."""
    room = NUMBER_ROOM if numbered else 0.0
    top, bottom = min(one.top for one in drawings), max(one.bottom for one in drawings)
    placed, x = [], 0.0
    for one in drawings:
        y = MARGIN + start - top
        middle = x + (one.right - one.left) / 2
        placed.append(Placed(one, x - one.left, y, (middle, y + one.bottom + 6.5)))
        x += one.right - one.left + GAP
    return placed, x - GAP, bottom - top + room


def _grid(drawings: Sequence[Drawing]) -> Laid:
    """Two in each row; the columns stand one below the other."""
    rows = [drawings[at : at + 2] for at in range(0, len(drawings), 2)]
    cell = max(one.right - one.left for one in drawings)
    placed: list[Placed] = []
    start = 0.0
    for row in rows:
        in_row, _width, height = _one_row(row, numbered=True, start=start)
        for column, one in enumerate(in_row):
            middle = column * (cell + GAP) + cell / 2
            placed.append(one.moved(middle - one.number_at[0]))
        start += height + 3
    return placed, 2 * cell + GAP, start - 3


def _column(drawings: Sequence[Drawing]) -> Laid:
    """Below one another with their zeros in line, each number before its frame."""
    left, right = min(one.left for one in drawings), max(one.right for one in drawings)
    placed, y = [], MARGIN
    for one in drawings:
        middle = y + (one.bottom - one.top) * 0.62
        placed.append(Placed(one, NUMBER_ROOM - left, y - one.top, (NUMBER_ROOM / 2 - 1, middle)))
        y += one.bottom - one.top + GAP / 2
    return placed, right - left + NUMBER_ROOM, y - GAP / 2 - MARGIN


_WAYS = {"row": _row, "column": _column, "grid": _grid}
