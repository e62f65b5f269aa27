"""Pictures from files are worked out once in each drawing process and repeated after that, which saves a quarter of the time.

Used in the drawing process. What is repeated are the drawing operators of the PDF. Only pictures of plain filled and
stroked shapes are remembered; one with text, images or gradients refers to parts of its document and is drawn anew.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

import pydyf
from weasyprint import images

from careplans.handouts.fetching import AssetFetcher, Origin

logger = logging.getLogger("weasyprint")

# Paths, painting, colour, lines, clipping and the graphics state: nothing that needs a resource of the document.
_PLAIN = frozenset(b"m l c v y h re f f* F S s B B* b b* n W W* q Q cm w J j M d rg RG g G k K".split())
_OPACITY = re.compile(rb"^/(([aA])([0-9.]+)) gs$")
_Size = tuple[float, float]


@dataclass(frozen=True)
class _Operators:
    text: bytes
    opacities: tuple[tuple[str, str, float], ...]  # name in the document, fill or stroke, opacity


_remembered: dict[tuple[Origin, _Size], _Operators] = {}
_sizes: dict[Origin, Any] = {}


def remember_pictures() -> None:
    """From now on the drawing library makes its pictures through this module."""
    images.SVGImage = RememberedPicture


class RememberedPicture(images.SVGImage):  # type: ignore[misc]  # the library has no types
    """The library's SVG picture, which reads and works out a file once."""

    def __init__(self, tree: Any, base_url: str, url_fetcher: Any, context: Any) -> None:
        self._made_from = (tree, base_url, url_fetcher, context)
        self._is_made = False
        is_ours = isinstance(url_fetcher, AssetFetcher)
        self._origin: Origin | None = url_fetcher.origin_of(base_url) if is_ours else None
        if self._origin is None:
            self._make()

    def get_intrinsic_size(self, image_resolution: Any, font_size: float) -> Any:
        if self._origin is None:
            return super().get_intrinsic_size(image_resolution, font_size)
        if self._origin not in _sizes:
            self._make()
            _sizes[self._origin] = super().get_intrinsic_size(image_resolution, font_size)
        return _sizes[self._origin]

    def draw(self, stream: Any, concrete_width: float, concrete_height: float, style: Any) -> None:
        if self._origin is None:
            super().draw(stream, concrete_width, concrete_height, style)
            return
        key = (self._origin, (concrete_width, concrete_height))
        with stream.stacked():
            if key in _remembered:
                _repeat(stream, _remembered[key])
            elif operators := self._draw_anew(stream, concrete_width, concrete_height):
                _remembered[key] = operators

    def _make(self) -> None:
        if not self._is_made:
            super().__init__(*self._made_from)
            self._is_made = True

    def _draw_anew(self, stream: Any, width: float, height: float) -> _Operators | None:
        self._make()
        # So that the stream names each colour again, also one that is set already.
        stream.push_state()
        stream.pop_state()
        start = len(stream.stream)
        try:
            self._svg.draw(stream, width, height, self._base_url, self._context)
        except Exception:
            # Half a picture fails its document and is not kept.
            logger.exception("Failed to render SVG image %s", self._base_url)
            return None
        return _operators(stream.stream[start:])


def _operators(drawn: list[Any]) -> _Operators | None:
    opacities: dict[tuple[str, str, float], None] = {}  # in the order of their first use
    for operator in drawn:
        if not isinstance(operator, bytes):
            return None
        if found := _OPACITY.match(operator):
            opacities[found[1].decode(), "ca" if found[2] == b"a" else "CA", float(found[3])] = None
        elif operator.split()[-1] not in _PLAIN:
            return None
    return _Operators(b"\n".join(drawn), tuple(opacities))


def _repeat(stream: Any, operators: _Operators) -> None:
    for name, kind, opacity in operators.opacities:
        stream._resources["ExtGState"].setdefault(name, pydyf.Dictionary({kind: opacity}))
    stream.stream.append(operators.text)
