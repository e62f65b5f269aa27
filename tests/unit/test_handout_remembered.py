"""Pictures that a drawing process remembers: the same bytes as drawn anew, never an old or a broken one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from careplans.handouts.compose import warm_up_drawing
from careplans.handouts.pictures import every_drawn_asset
from careplans.handouts.remembered import _operators
from careplans.handouts.renderer import Child, Drawing, DrawingFailed

SHAPE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><title>x</title>{}</svg>'
SQUARE = SHAPE.format('<rect width="9" height="9" fill="#00f" opacity="0.5"/>')
CIRCLE = SHAPE.format('<circle r="9" fill="#f00"/>')


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child()
    yield child
    child.close()


def drawing(path: Path, colour: str = "black") -> Drawing:
    # The colour before the picture must not be taken for granted by what is remembered.
    body = f'<p style="color:{colour}">a</p><img alt="x" src="asset:a.svg"><p>b</p><img alt="y" src="asset:a.svg">'
    html = f'<!DOCTYPE html><html lang="en"><title>t</title><body>{body}</body></html>'
    return Drawing(html, (), {"a.svg": {"type": "image/svg+xml", "path": str(path)}}, "test")


@pytest.mark.parametrize("svg", [SQUARE, CIRCLE, SHAPE.format('<text y="20">word</text>')])
def test_drawn_from_memory_it_is_the_same_file(tmp_path: Path, child: Child, svg: str) -> None:
    path = tmp_path / "a.svg"
    path.write_text(svg)
    first = child.draw(drawing(path)).pdf
    between = child.draw(drawing(path, "blue")).pdf
    assert between != first
    assert child.draw(drawing(path)).pdf == first


def test_a_file_that_changed_is_read_again(tmp_path: Path, child: Child) -> None:
    path = tmp_path / "a.svg"
    path.write_text(SQUARE)
    old = child.draw(drawing(path)).pdf
    path.write_text(CIRCLE)
    os.utime(path, ns=(1, 1))
    assert child.draw(drawing(path)).pdf != old


def test_a_broken_picture_fails_each_time(tmp_path: Path, child: Child) -> None:
    path = tmp_path / "a.svg"
    path.write_text(SHAPE.format('<g transform="rotate(x)"/>'))
    for _time in range(2):
        with pytest.raises(DrawingFailed) as failed:
            child.draw(drawing(path))
        assert failed.value.failure == "missing_part"


@pytest.mark.parametrize("operator", [b"/x3 Do", b"BT", b"/f1 12 Tf", b"/p0 scn", b"/s2 gs", 7])
def test_what_needs_its_document_is_not_remembered(operator: object) -> None:
    assert _operators([b"0 0 m", operator]) is None
    assert _operators([b"0 0 m", b"/a0.5 gs", b"f"]) is not None


def test_the_warm_up_meets_every_picture(child: Child) -> None:
    drawing = warm_up_drawing()
    assert every_drawn_asset().keys() <= drawing.assets.keys()
    assert child.draw(drawing).pages > 1
