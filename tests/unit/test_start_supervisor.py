"""The supervisor: all children end together, one that dies is started again, one that keeps dying ends all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

WAIT = "import time; time.sleep(600)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def supervise(folder: Path, *children: str) -> subprocess.Popen[str]:
    """A supervisor in a process of its own; each child writes its process id before it does its work."""
    script = f"""
        import django
        django.setup()
        import sys
        from careplans.running.supervisor import Child, Supervisor
        def child(number, code):
            note = f"import os; open(r'{folder}/{{number}}', 'a').write(str(os.getpid()) + ' ');"
            return Child(f"child {{number}}", [sys.executable, "-c", note + code])
        children = [child(number, code) for number, code in enumerate({list(children)!r})]
        sys.exit(Supervisor(children, lambda line: print(line, flush=True)).run())
    """
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "careplans.settings",
        "DATA_DIR": str(folder / "data"),
    }
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], env=environment, stdout=subprocess.PIPE, text=True
    )


def process_ids(folder: Path, number: int, *, at_least: int = 1) -> list[int]:
    path = folder / str(number)
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        found = [int(word) for word in path.read_text().split()] if path.exists() else []
        if len(found) >= at_least:
            return found
        time.sleep(0.05)
    raise AssertionError(f"child {number} did not start {at_least} times")


def is_gone(process_id: int) -> bool:
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at:
        try:
            state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def two_children(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with supervise(folder, WAIT, WAIT) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_every_child(
    folder: Path, two_children: subprocess.Popen[str], how: signal.Signals
) -> None:
    ids = process_ids(folder, 0) + process_ids(folder, 1)

    two_children.send_signal(how)

    assert two_children.wait(60) == 0
    assert all(is_gone(one) for one in ids)


def test_children_end_with_a_killed_supervisor(folder: Path, two_children: subprocess.Popen[str]) -> None:
    ids = process_ids(folder, 0) + process_ids(folder, 1)

    two_children.kill()

    assert all(is_gone(one) for one in ids)


def test_a_child_that_died_is_started_again(folder: Path, two_children: subprocess.Popen[str]) -> None:
    first = process_ids(folder, 0)[0]

    os.kill(first, signal.SIGKILL)

    assert process_ids(folder, 0, at_least=2)[1] != first
    assert two_children.poll() is None


def test_a_child_that_keeps_dying_ends_all_with_a_sentence(folder: Path) -> None:
    with supervise(folder, WAIT, "raise SystemExit(3)") as process:
        output, _ = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "child 1 ended 5 times within a minute (code 3)" in output
    assert is_gone(process_ids(folder, 0)[0])
