"""Long steps with progress: one line that is rewritten on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUIET_SECONDS = 10.0


class Stop(Exception):
    """Why it cannot go on: one sentence saying what is wrong, and what to do."""


class Progress:
    """Says how long a step has taken, and how far it is when that can be counted."""

    def __init__(self, label: str, of: int) -> None:
        self.label, self.of, self.count = label, of, 0
        self._began = self._said = time.monotonic()
        self._is_terminal = sys.stdout.isatty()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        print(f"{label} …", end="" if self._is_terminal else "\n", flush=True)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()
        seconds = time.monotonic() - self._began
        end = "stopped" if error[0] else f"{seconds:.0f} s"
        print(f"\r\033[K{self.label}: {end}" if self._is_terminal else f"  {end}", flush=True)

    def _tell(self) -> None:
        while not self._ended.wait(0.5 if self._is_terminal else QUIET_SECONDS):
            seconds = time.monotonic() - self._began
            done = f"{min(self.count, self.of)} of about {self.of}, " if self.of else ""
            if self._is_terminal:
                print(f"\r\033[K{self.label} … {done}{seconds:.0f} s", end="", flush=True)
            else:
                print(f"  {done}{seconds:.0f} s", flush=True)


def run_step(
    label: str,
    command: list[str],
    *,
    counts: str = "",
    of: int = 0,
    environment: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Run ``command`` with progress; lines that begin with ``counts`` move it. Returns the exit code and all output."""
    output: list[str] = []
    with (
        Progress(label, of) as progress,
        subprocess.Popen(  # commands of this file's own callers
            command,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            output.append(line)
            progress.count += bool(counts) and line.startswith(counts)
            if line.startswith("Installing collected"):
                progress.count = of  # all are here; what is left is unpacking them
    return process.returncode, "".join(output)
