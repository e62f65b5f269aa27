"""The library's drawn pictures by code, for whoever shows a component."""

from __future__ import annotations

from functools import cache

from careplans.library.figures.draw import svg_of
from careplans.library.figures.positions import picture_codes, picture_of

__all__ = ["picture_alt", "picture_codes", "picture_svg"]


@cache
def picture_svg(code: str, *, mirrored: bool = False) -> str | None:
    """The picture as SVG text, or None where there is none; ``mirrored`` for pages written from right to left."""
    picture = picture_of(code)
    return svg_of(picture, mirrored=mirrored) if picture else None


def picture_alt(code: str) -> str:
    """What the picture shows, in English words; empty where there is none."""
    picture = picture_of(code)
    return picture.alt if picture else ""
