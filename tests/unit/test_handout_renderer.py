"""The drawing process: what it may fetch, what ends it, and that it is there again afterwards."""

from __future__ import annotations

import base64
import http.server
import signal
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from careplans.handouts import renderer
from careplans.handouts.compose import warm_up_drawing
from careplans.handouts.renderer import Child, Drawing, DrawingFailed, Pool

SECRET = "canary-in-a-file-of-the-machine"


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "canary.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture
def capture() -> Iterator[tuple[str, list[str]]]:
    """A server nobody should ever ask: its address, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def drawing(
    body: str, *, head: str = "", css: tuple[str, ...] = (), assets: dict[str, dict[str, str]] | None = None
) -> Drawing:
    html = f'<!DOCTYPE html><html lang="en"><head><title>Test</title>{head}</head><body>{body}</body></html>'
    return Drawing(html=html, css=css, assets=assets or {}, identifier="test")


CHANNELS = {
    "attachment": ('<link rel="attachment" href="{url}">', ""),
    "stylesheet": ('<link rel="stylesheet" href="{url}">', ""),
    "import": ('<style>@import url("{url}");</style>', ""),
    "font": ('<style>@font-face {{ font-family: x; src: url("{url}") }} p {{ font-family: x }}</style>', ""),
    "img": ("", '<img alt="x" src="{url}">'),
    "object": ("", '<object data="{url}"></object>'),
    "embed": ("", '<embed src="{url}">'),
    "svg image": (
        "",
        '<svg width="9" height="9"><title>x</title><image href="{url}" width="9" height="9"/></svg>',
    ),
    "svg use": ("", '<svg width="9" height="9"><title>x</title><use href="{url}#a"/></svg>'),
    "background": ("<style>p {{ background: url({url}) }}</style>", ""),
    "list image": ("", '<ul><li style="list-style-image: url({url})">x</li></ul>'),
    "content": ("<style>p::before {{ content: url({url}) }}</style>", ""),
    "border image": ('<style>p {{ border: 1px solid; border-image-source: url("{url}") }}</style>', ""),
    "base": ('<base href="{url}/"><link rel="stylesheet" href="a.css">', '<img alt="x" src="a.png">'),
    "anchor attachment": ("", '<a rel="attachment" href="{url}">x</a>'),
}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("scheme", ["file", "http"])
def test_nothing_is_fetched(
    pool: Pool, canary: Path, capture: tuple[str, list[str]], channel: str, scheme: str
) -> None:
    server, asked = capture
    url = canary.as_uri() if scheme == "file" else f"{server}/x"
    head, body = (part.format(url=url) for part in CHANNELS[channel])
    try:
        pdf = pool.draw(drawing(f"<p>text</p>{body}", head=head)).pdf
    except DrawingFailed:
        # A part that is missing fails the document, where the library tells of it.
        pdf = b""
    assert asked == []
    assert SECRET.encode() not in b"".join(_streams(pdf))


def test_an_address_with_data_in_it_is_not_served_either(pool: Pool) -> None:
    with pytest.raises(DrawingFailed) as failed:
        pool.draw(drawing('<img alt="x" src="data:image/svg+xml,<svg/>">'))
    assert failed.value.failure == "missing_part"


def test_an_asset_that_was_handed_over_is_drawn(pool: Pool) -> None:
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    drawn = pool.draw(
        drawing(
            '<img alt="x" src="asset:a.svg">', assets={"a.svg": {"type": "image/svg+xml", "text": square}}
        )
    )
    assert drawn.pdf.startswith(b"%PDF-1.7")
    assert drawn.pages == 1


def test_an_asset_that_was_not_handed_over_fails_the_document(pool: Pool) -> None:
    with pytest.raises(DrawingFailed) as failed:
        pool.draw(drawing('<img alt="x" src="asset:gone.svg">'))
    assert failed.value.failure == "missing_part"


def test_a_letter_without_a_font_fails_the_document_and_is_named(pool: Pool) -> None:
    with pytest.raises(DrawingFailed) as failed:
        pool.draw(drawing("<p>Take \U000f0123 daily</p>"))
    assert failed.value.failure == "missing_letter"
    assert failed.value.detail


def test_zero_width_and_direction_marks_do_no_harm(pool: Pool) -> None:
    assert pool.draw(drawing("<p>a\u200b\u200db \u202ec\u202c \u2066d\u2069</p>")).pages == 1


def test_a_picture_of_900_million_points_is_refused(pool: Pool) -> None:
    bomb = {"type": "image/png", "base64": base64.b64encode(_huge_png(30_000)).decode()}
    with pytest.raises(DrawingFailed) as failed:
        pool.draw(drawing('<img alt="x" src="asset:a.png">', assets={"a.png": bomb}))
    assert failed.value.failure in {"missing_part", "too_big"}


def test_five_thousand_nested_blocks_are_refused_and_the_next_document_is_drawn(pool: Pool) -> None:
    with pytest.raises(DrawingFailed) as failed:
        pool.draw(drawing("<div>" * 5000))
    assert failed.value.failure == "too_big"
    assert pool.draw(drawing("<p>fine</p>")).pages == 1


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td colspan=1000000>x</td></tr></table>",
        "<svg><title>x</title>"
        + "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 12))
        + '<g id="g0"><rect width="1" height="1"/></g><use href="#g11"/></svg>',
    ],
    ids=["colspan", "nested use"],
)
def test_what_would_compute_for_ever_is_killed(body: str) -> None:
    child = Child(warm_up_drawing())
    child.draw(drawing("<p>up</p>"))
    try:
        with pytest.raises(DrawingFailed) as failed:
            child.draw(drawing(body), wall_seconds=3)
        assert failed.value.failure in {"too_slow", "too_big"}
    finally:
        child.close()


def test_a_long_document_right_after_the_warm_up_is_drawn() -> None:
    """Both are longer than a pipe holds: the answer to the warm-up, and the request that comes before it was read."""
    child = Child(warm_up_drawing())
    try:
        long = drawing("<p>text</p>" + "<!-- a comment -->" * 10_000)
        assert child.draw(long, wall_seconds=30).pages == 1
    finally:
        child.close()


def test_the_pool_replaces_a_child_that_was_killed(pool: Pool) -> None:
    pool.draw(drawing("<p>one</p>"))
    pool._idle[-1]._process.kill()
    with suppress(DrawingFailed):
        # Its end may be noticed before or while drawing; either way the one after succeeds.
        pool.draw(drawing("<p>two</p>"))
    assert pool.draw(drawing("<p>three</p>")).pages == 1


def test_the_processor_time_of_a_document_is_limited_by_the_kernel() -> None:
    code = "from careplans.handouts import child; child._allow_cpu_seconds(0)\nwhile True: pass"
    ended = subprocess.run([sys.executable, "-c", code], cwd=renderer._ROOT, timeout=60, check=False)
    assert ended.returncode == -signal.SIGXCPU


def test_the_child_knows_neither_django_nor_the_products_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, careplans.handouts.child; print('django' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=renderer._ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"
    monkeypatch.setenv("SECRET_KEY", "not for children")
    child = Child()
    environment = Path(f"/proc/{child._process.pid}/environ").read_bytes()
    child.close()
    assert b"SECRET_KEY" not in environment


def test_a_closed_child_leaves_no_process_and_no_folder() -> None:
    child = Child(warm_up_drawing())
    child.draw(drawing("<p>x</p>"))
    folder = Path(child._folder.name)
    child.close()
    assert child._process.returncode is not None
    assert not folder.exists()


def test_a_child_whose_product_was_killed_ends_and_tidies_up() -> None:
    child = Child(warm_up_drawing())
    child.draw(drawing("<p>x</p>"))
    child._requests.close()
    assert child._process.wait(timeout=20) == 0
    assert not Path(child._folder.name).exists()
    child.close()


def _huge_png(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compressobj(9)
    data = b"".join(rows.compress(b"\0" * (1 + side // 8)) for _ in range(side)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _streams(pdf: bytes) -> Iterator[bytes]:
    """The file itself and each of its streams, unpacked."""
    yield pdf
    for part in pdf.split(b"stream")[1:]:
        try:
            yield zlib.decompressobj().decompress(part.strip(b"\r\n"))
        except zlib.error:
            continue
