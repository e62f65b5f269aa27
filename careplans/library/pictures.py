"""The library's drawn pictures by code, for whoever shows a component."""

from __future__ import annotations

from functools import cache

from careplans.library.figures.draw import svg_of
from careplans.library.figures.positions import Alt, picture_codes, picture_of

__all__ = ["PICTURE_LANGUAGES", "picture_alt", "picture_codes", "picture_files", "picture_svg"]

# What the text alternatives are written in.
PICTURE_LANGUAGES = tuple(Alt.model_fields)


@cache
def picture_svg(code: str, *, mirrored: bool = False) -> str | None:
    """The picture as SVG text, or None where there is none; ``mirrored`` for pages written from right to left."""
    picture = picture_of(code)
    return svg_of(picture, mirrored=mirrored) if picture else None


def picture_files() -> dict[str, str]:
    """Every file of ``static/pictures`` and what is in it; ``rtl/`` holds what is different from right to left."""
    files: dict[str, str] = {}
    for code in picture_codes():
        svg, turned = picture_svg(code) or "", picture_svg(code, mirrored=True) or ""
        files[f"{code}.svg"] = svg
        if turned != svg:
            files[f"rtl/{code}.svg"] = turned
    return files


def picture_alt(code: str, language: str = "en") -> str:
    """What the picture shows, in that language, else in English; empty where there is no picture."""
    picture = picture_of(code)
    if picture is None:
        return ""
    told: str = getattr(picture.alt, language if language in PICTURE_LANGUAGES else "en")
    return told
