"""The files a handout is drawn with, beside its pictures: style sheets, fonts, QR code. Nothing else gets into one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import segno
from django.conf import settings

Asset = dict[str, str]

_STYLES = Path(__file__).resolve().parent / "assets"
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
_FONT = re.compile(r"asset:fonts/([A-Za-z0-9-]+\.woff2)")


def static_folder() -> Path:
    return Path(settings.BASE_DIR) / "static"


def style_sheets(html: str) -> tuple[str, ...]:
    """Print style and the fonts this text needs: Arabic letters, even one name of them, and stressed words bring theirs."""
    arabic = ["fonts-arabic.css"] if _ARABIC.search(html) else []
    italic = ["fonts-latin-italic.css"] if "<em>" in html else []
    names = ["fonts-latin.css", *italic, *arabic, "print.css"]
    return tuple(_read(name) for name in names)


def font_assets(css: Iterable[str]) -> dict[str, Asset]:
    """The font files the style sheets name."""
    files = {file for text in css for file in _FONT.findall(text)}
    return {
        f"fonts/{file}": {"type": "font/woff2", "path": str(static_folder() / "fonts" / file)}
        for file in sorted(files)
    }


def svg_asset(text: str) -> Asset:
    return {"type": "image/svg+xml", "text": text}


def qr_asset(address: str) -> Asset:
    """A QR code that still reads with a seventh of it smudged."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None
    )
    return svg_asset(out.getvalue().decode())


@cache
def _read(name: str) -> str:
    return (_STYLES / name).read_text(encoding="utf-8")
