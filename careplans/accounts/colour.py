"""Contrast of two colours by WCAG 2.2, relative luminance in sRGB. Pure."""

from __future__ import annotations

WHITE = "#ffffff"
ENOUGH_FOR_TEXT = 4.5  # level AA, text of normal size


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, from 0 (black) to 1 (white)."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str = WHITE) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def is_readable_on_white(colour: str) -> bool:
    return contrast(colour) >= ENOUGH_FOR_TEXT
