"""All pictures on a few pages of paper, as large as in a handout and without colour, to be looked at before they go out."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from careplans.library.figures.arrange import PRINT_HEIGHT, PRINT_WIDTH

RIGHT_TO_LEFT = ("ar",)
# Each language in its own words: the sheet has no other text than what the pictures bring.
LANGUAGE_NAMES = {"en": "English", "es": "Español", "ar": "العربية", "tr": "Türkçe"}
_FONTS = {
    "Sheet Latin": ("AtkinsonHyperlegibleNext-Regular.woff2", "AtkinsonHyperlegibleNext-SemiBold.woff2"),
    "Sheet Arabic": ("IBMPlexSansArabic-Regular.woff2", "IBMPlexSansArabic-SemiBold.woff2"),
}
_COLOUR = re.compile("#[0-9a-f]{6}")
_STYLE = """
@page { size: A4; margin: 11mm 12mm 13mm;
  @bottom-left { content: string(heading); font: 7pt "Sheet Latin", "Sheet Arabic"; color: #555 }
  @bottom-right { content: counter(page) " / " counter(pages); font: 7pt "Sheet Latin"; color: #555 } }
html { font: 7pt/1.3 "Sheet Latin", "Sheet Arabic", sans-serif; color: #111 }
html[dir="rtl"] { line-height: 1.5; font-variant-ligatures: none }
body, h1, h2, p, table { margin: 0 }
h1 { font-size: 8pt; string-set: heading content(); margin-block-end: 1mm }
table { width: 100%%; border-collapse: collapse; table-layout: fixed }
tr { break-inside: avoid }
td { vertical-align: top; padding: 2mm 2.5mm; border: 0.2mm solid #bbb }
img { display: block; margin: 0 auto 1.5mm; width: %(width)smm; max-height: %(height)smm; object-fit: contain }
h2 { font-size: 8pt; font-weight: 600 }
.code { color: #555; white-space: nowrap }
"""


@dataclass(frozen=True)
class Entry:
    """One picture: ``titles`` of the components that show it."""

    code: str
    titles: Sequence[str]
    alt: str
    svg: str


@dataclass(frozen=True)
class PrintedSheet:
    pdf: bytes
    pages: int


class NotOnTheSheet(ValueError):
    """The sheet asked for something that does not belong to it."""


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # the library has no types
    """Serves ``own:<name>`` from what was handed over. Files, network and data addresses do not exist for it."""

    def __init__(self, files: Mapping[str, tuple[str, bytes]]) -> None:
        super().__init__(allowed_protocols=[], allow_redirects=False)
        self._files = files

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        found = self._files.get(url.removeprefix("own:")) if url.startswith("own:") else None
        if found is None:
            raise NotOnTheSheet(url[:100])
        return URLFetcherResponse(url, found[1], {"Content-Type": found[0]})


def print_sheet(entries: Sequence[Entry], language: str) -> PrintedSheet:
    """The pictures as an A4 document; ``language`` says which way it runs."""
    files = {f"{one.code}.svg": ("image/svg+xml", in_grey(one.svg).encode()) for one in entries}
    fetcher, fonts = OwnFilesOnly(files | _font_files()), FontConfiguration()
    style = _font_faces() + _STYLE % {"width": PRINT_WIDTH, "height": PRINT_HEIGHT}
    sheet = CSS(string=style, font_config=fonts, url_fetcher=fetcher)
    document = HTML(string=page_of(entries, language), url_fetcher=fetcher).render(
        stylesheets=[sheet], font_config=fonts
    )
    pdf = io.BytesIO()
    document.write_pdf(pdf)
    return PrintedSheet(pdf.getvalue(), len(document.pages))


def page_of(entries: Sequence[Entry], language: str) -> str:
    """The document before it is drawn: two pictures in each row."""
    rows = [entries[at : at + 2] for at in range(0, len(entries), 2)]
    return format_html(
        '<!doctype html><html lang="{}" dir="{}"><title>{}</title><h1>Careplans · {} · {}</h1><table>{}</table></html>',
        language,
        "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "Careplans",
        LANGUAGE_NAMES[language],
        len(entries),
        format_html_join("", "<tr>{}</tr>", ((_cells(row),) for row in rows)),
    )


def _cells(row: Sequence[Entry]) -> str:
    return format_html_join(
        "",
        '<td><img src="own:{}.svg" alt="{}"><h2>{} <span class="code" dir="ltr">{}</span></h2><p>{}</p></td>',
        ((one.code, one.alt, " / ".join(one.titles), one.code, one.alt) for one in row),
    )


def in_grey(svg: str) -> str:
    """As a printer without colour puts it on paper."""

    def grey(found: re.Match[str]) -> str:
        red, green, blue = (int(found[0][at : at + 2], 16) for at in (1, 3, 5))
        return "#" + f"{round(0.299 * red + 0.587 * green + 0.114 * blue):02x}" * 3

    return _COLOUR.sub(grey, svg)


def _font_files() -> dict[str, tuple[str, bytes]]:
    folder = Path(settings.BASE_DIR) / "static" / "fonts"
    return {name: ("font/woff2", (folder / name).read_bytes()) for names in _FONTS.values() for name in names}


def _font_faces() -> str:
    """Families of our own names: a font of the same name on a machine can never take their place."""
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("own:{name}") }}\n'
        for family, names in _FONTS.items()
        for name, weight in zip(names, (400, 600), strict=True)
    )
