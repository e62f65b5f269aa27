"""The process that draws PDFs: ``python -m careplans.handouts.child``, started and killed by ``renderer``.

Reads requests as frames on stdin and answers each with two frames on stdout: JSON, then the PDF. It holds no secret,
opens no connection and knows nothing of Django. Limits are set on itself: 30 s of processor per document, 1 GiB of memory.
"""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import re
import resource
import shutil
import sys
import threading
import time
from typing import Any, BinaryIO

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from careplans.handouts.fetching import AssetFetcher
from careplans.handouts.frames import read_frame, write_frame
from careplans.handouts.remembered import remember_pictures

CPU_SECONDS = 30
MEMORY_BYTES = 1 << 30
FILE_BYTES = 64 << 20
_NO_GLYPH = re.compile(r"^\.notdef glyph rendered for .*: (.*)$")

Style = tuple[list[CSS], FontConfiguration]


class Complaints(logging.Handler):
    """Collects what the drawing library only logs: a lost picture or letter must fail the document."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lost_parts: list[str] = []
        self.lost_letters: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if found := _NO_GLYPH.match(message):
            self.lost_letters.append(found[1])
        elif record.levelno >= logging.ERROR or message.startswith("Font-face"):
            self.lost_parts.append(message[:200])


def main() -> None:
    threading.Thread(target=_end_with_parent, args=[os.getppid()], daemon=True).start()
    # The pipe gets a number of its own: whatever prints to stdout must not get between the frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for limit, value in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, FILE_BYTES)):
        resource.setrlimit(limit, (value, value))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    remember_pictures()
    # The garbage collector would walk the whole library over and over while a document is built: a fifth of the time.
    gc.freeze()
    gc.disable()
    styles: dict[tuple[str, ...], Style] = {}
    is_fit = True
    while is_fit and (request := read_frame(sys.stdin.buffer)) is not None:
        is_fit = _answer(json.loads(request), styles, answers)
        gc.collect()
    _tidy_up()


def _end_with_parent(parent: int) -> None:
    """A server that was stopped or killed leaves nobody behind, not even in the middle of a drawing."""
    while os.getppid() == parent:
        time.sleep(0.5)
    _tidy_up()
    os._exit(1)


def _tidy_up() -> None:
    """The folder that was made for this process: a product that was killed cannot remove it."""
    for folder in sys.argv[1:]:
        shutil.rmtree(folder, ignore_errors=True)


def _answer(request: dict[str, Any], styles: dict[tuple[str, ...], Style], answers: BinaryIO) -> bool:
    """Draw one document and send the answer; False when this process had better not draw another."""
    _allow_cpu_seconds(CPU_SECONDS)
    try:
        answer, pdf = _draw(request, styles)
    except (MemoryError, RecursionError) as error:
        answer, pdf = {"failure": "too_big", "detail": type(error).__name__, "is_spent": True}, b""
    write_frame(answers, json.dumps(answer).encode())
    write_frame(answers, pdf)
    answers.flush()
    return "is_spent" not in answer


def _allow_cpu_seconds(seconds: int) -> None:
    """The kernel ends this process when it computes longer than ``seconds`` from now."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, hard))


def _draw(request: dict[str, Any], styles: dict[tuple[str, ...], Style]) -> tuple[dict[str, Any], bytes]:
    complaints = Complaints()
    logger = logging.getLogger("weasyprint")
    logger.handlers, logger.propagate = [complaints], False
    fetcher = AssetFetcher(request["assets"])
    sheets, fonts = _style_of(tuple(request["css"]), styles, fetcher)
    page_html = HTML(string=request["html"], url_fetcher=fetcher)
    document = page_html.render(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")
    pdf = io.BytesIO()
    document.write_pdf(
        pdf, finisher=_mend_text_maps, pdf_variant="pdf/ua-1", pdf_identifier=request["identifier"].encode()
    )
    if complaints.lost_letters:
        return {"failure": "missing_letter", "detail": " ".join(complaints.lost_letters)[:200]}, b""
    if complaints.lost_parts:
        return {"failure": "missing_part", "detail": complaints.lost_parts[0]}, b""
    return {"pages": len(document.pages)}, pdf.getvalue()


def _mend_text_maps(_document: Any, pdf: Any) -> None:
    """Where two glyphs draw one Arabic cluster the second is left without text, which PDF/UA forbids: give it a joiner."""
    for item in pdf.objects:
        lines = getattr(item, "stream", None)
        if lines and any(line == b"begincmap" for line in lines if isinstance(line, bytes)):
            item.stream = [
                line.replace(b"> <>", b"> <200d>") if isinstance(line, bytes) else line for line in lines
            ]


def _style_of(css: tuple[str, ...], styles: dict[tuple[str, ...], Style], fetcher: AssetFetcher) -> Style:
    """Style sheets and their fonts, parsed once: they are the same for every document of a script."""
    if css not in styles:
        fonts = FontConfiguration()
        sheets = [CSS(string=text, font_config=fonts, url_fetcher=fetcher) for text in css]
        styles[css] = (sheets, fonts)
    return styles[css]


if __name__ == "__main__":
    main()
