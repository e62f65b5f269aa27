"""Draws documents in processes of their own that can be killed, kept warm between documents. No Django in here.

Starting one costs a second (importing the drawing library), drawing a handout a few tenths: so each web or worker process
keeps at most two, starts them on first use, and replaces one that was killed or has drawn many documents.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from careplans.handouts.frames import read_frame, write_frame

logger = logging.getLogger(__name__)

WALL_SECONDS = 45.0
MOST_CHILDREN = 2
MOST_DRAWINGS = 200
_ROOT = Path(__file__).resolve().parent.parent.parent
# The child gets no database address and no key: only what finds Python, libraries and fonts.
_ENVIRONMENT = (
    "PATH",
    "HOME",
    "LD_LIBRARY_PATH",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "XDG_CACHE_HOME",
    "XDG_DATA_DIRS",
)


@dataclass(frozen=True)
class Drawing:
    """A document to draw. ``assets``: name → {"type": …, and "path", "text" or "base64": …}."""

    html: str
    css: Sequence[str]
    assets: Mapping[str, Mapping[str, str]]
    identifier: str


@dataclass(frozen=True)
class Drawn:
    pdf: bytes
    pages: int


class DrawingFailed(Exception):
    """``failure`` is one of too_slow, too_big, missing_letter, missing_part, broken."""

    def __init__(self, failure: str, detail: str = "") -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure, self.detail = failure, detail


class Child:
    """One drawing process; not to be used by two threads at once. Draws ``first`` on its own as soon as it is up."""

    def __init__(self, first: Drawing | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="careplans-handout-")
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment |= {"TMPDIR": self._folder.name, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
        self._errors = tempfile.TemporaryFile(dir=self._folder.name)  # noqa: SIM115  # lives as long as the child
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-m", "careplans.handouts.child", self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=_ROOT,
            env=environment,
            # Ctrl-C at the terminal is for the product; it closes the children itself.
            start_new_session=True,
        )
        self._requests, self._answers = _pipes_of(self._process)
        self._drawings = 0
        self._is_spent = False
        self._unread = 0
        if first is not None and self._send(first):
            self._unread = 1

    def draw(self, drawing: Drawing, *, wall_seconds: float = WALL_SECONDS) -> Drawn:
        """Raises ``DrawingFailed``; afterwards ask ``is_fit`` before using this child again."""
        self._drawings += 1
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            self._process.kill()

        watch = threading.Timer(wall_seconds, end)
        watch.daemon = True
        watch.start()
        try:
            received = self._exchange(drawing)
        finally:
            watch.cancel()
        if received is None:
            self._is_spent = True
            raise self._why_it_died(is_late.is_set())
        answer, pdf = received
        # It ran out of memory or stack and ends after this answer.
        self._is_spent = answer.get("is_spent", False)
        if "failure" in answer:
            raise DrawingFailed(answer["failure"], answer.get("detail", ""))
        return Drawn(pdf=pdf, pages=answer["pages"])

    @property
    def is_fit(self) -> bool:
        return not self._is_spent and self._drawings < MOST_DRAWINGS and self._process.poll() is None

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._requests, self._answers, self._errors):
            # What was not yet written went to a process that is gone.
            with suppress(OSError):
                stream.close()
        self._folder.cleanup()

    def _exchange(self, drawing: Drawing) -> tuple[dict[str, Any], bytes] | None:
        """None when the process is gone."""
        # First what it still has to say: with both pipes full, each would wait for the other.
        while self._unread:
            if self._receive() is None:
                return None
            self._unread -= 1
        return self._receive() if self._send(drawing) else None

    def _send(self, drawing: Drawing) -> bool:
        try:
            write_frame(self._requests, json.dumps(asdict(drawing)).encode())
            self._requests.flush()
        except BrokenPipeError:
            return False
        return True

    def _receive(self) -> tuple[dict[str, Any], bytes] | None:
        answer, pdf = read_frame(self._answers), read_frame(self._answers)
        return (json.loads(answer), pdf) if answer is not None and pdf is not None else None

    def _why_it_died(self, is_late: bool) -> DrawingFailed:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        if is_late or code == -signal.SIGXCPU:
            return DrawingFailed("too_slow")
        if code in (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL):
            return DrawingFailed("too_big", f"signal {-code}")
        self._errors.seek(0)
        last_lines = self._errors.read()[-500:].decode(errors="replace").strip().splitlines()
        return DrawingFailed("broken", last_lines[-1] if last_lines else f"exit {code}")


def _pipes_of(process: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the drawing process was started without pipes")
    return cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)


class Pool:
    """At most ``MOST_CHILDREN`` at work; the one used last is used first, so a quiet clinic keeps just one."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """After a fork: the children belong to the parent."""
        self._idle: list[Child] = []
        self._has_started = False
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_CHILDREN)

    def draw(self, drawing: Drawing) -> Drawn:
        with self._child() as child:
            return child.draw(drawing)

    def warm_up(self, first: Drawing) -> None:
        """Start a child if there is none, without waiting for it: the next handout then comes in half the time.

        ``first`` is a small document in the usual style, which the child draws to read fonts and style sheets.
        """
        with self._lock:
            if not self._idle and not self._has_started:
                self._has_started = True
                self._idle.append(Child(first))

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.close()

    @contextmanager
    def _child(self) -> Iterator[Child]:
        with self._places:
            with self._lock:
                child = self._idle.pop() if self._idle else None
                self._has_started = True
            if child is not None and not child.is_fit:
                child.close()
                child = None
            child = child or Child()
            try:
                yield child
            finally:
                if child.is_fit:
                    with self._lock:
                        self._idle.append(child)
                else:
                    child.close()


pool = Pool()
atexit.register(pool.close)
os.register_at_fork(after_in_child=pool.forget)
