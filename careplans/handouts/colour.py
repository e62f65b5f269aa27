"""The clinic's colour made readable: text in it on white, and white on it, always reach 4.5 to 1 (WCAG AA). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from careplans.accounts.colour import is_readable_on_white

FALLBACK = "#0b5c5e"
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Brand:
    """``ink`` for text and bars; ``tint`` for surfaces behind dark text; ``line`` for hairlines."""

    ink: str
    tint: str
    line: str


def brand_of(colour: str) -> Brand:
    """Darken ``colour`` step by step until it is readable on white; anything that is no colour gives the fallback."""
    rgb = _parse(colour if _HEX.match(colour) else FALLBACK)
    ink = rgb
    for step in range(1, 51):
        if is_readable_on_white(_hex(ink)):
            break
        ink = _mix(rgb, (0, 0, 0), step / 50)
    white = (255, 255, 255)
    return Brand(ink=_hex(ink), tint=_hex(_mix(ink, white, 0.92)), line=_hex(_mix(ink, white, 0.65)))


def _mix(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _parse(colour: str) -> RGB:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(rgb: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
