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
from typing import Any

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
    """One drawing process; not to be used by two threads at once."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="careplans-handout-")
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment |= {"TMPDIR": self._folder.name, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
        self._errors = tempfile.TemporaryFile(dir=self._folder.name)  # noqa: SIM115  # lives as long as the child
        self._process = subprocess.Popen(
            [sys.executable, "-m", "careplans.handouts.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=_ROOT,
            env=environment,
            # Ctrl-C at the terminal is for the product; it closes the children itself.
            start_new_session=True,
        )
        self._drawings = 0
        self._is_spent = False

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
            answer, pdf = self._exchange(json.dumps(asdict(drawing)).encode())
        finally:
            watch.cancel()
        if answer is None or pdf is None:
            self._is_spent = True
            raise self._why_it_died(is_late.is_set())
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
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                # What was not yet written went to a process that is gone.
                with suppress(OSError):
                    stream.close()
        self._folder.cleanup()

    def _exchange(self, request: bytes) -> tuple[dict[str, Any] | None, bytes | None]:
        if self._process.stdin is None or self._process.stdout is None:
            return None, None
        try:
            write_frame(self._process.stdin, request)  # type: ignore[arg-type]  # a buffered pipe
            self._process.stdin.flush()
        except BrokenPipeError:
            return None, None
        answer = read_frame(self._process.stdout)  # type: ignore[arg-type]
        return (json.loads(answer), read_frame(self._process.stdout)) if answer else (None, None)  # type: ignore[arg-type]

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


class Pool:
    """At most ``MOST_CHILDREN`` at work; the one used last is used first, so a quiet clinic keeps just one."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """After a fork: the children belong to the parent."""
        self._idle: list[Child] = []
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_CHILDREN)

    def draw(self, drawing: Drawing) -> Drawn:
        with self._child() as child:
            return child.draw(drawing)

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
