"""A log line is no key to anything."""

from __future__ import annotations

import logging
import logging.config
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from careplans.core.logs import MaskLinkTokens

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.mark.parametrize("path", ["/c/", "/p/", "/invitation/"])
def test_link_tokens_are_masked(path: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s 200", (f"{path}{TOKEN}/",), None)

    MaskLinkTokens().filter(record)

    assert TOKEN not in record.getMessage()
    assert record.getMessage() == f"GET {path}***/ 200"


def test_a_traceback_gives_no_link_and_no_row_away() -> None:
    wrong = f"duplicate key\nDETAIL:  Key (email)=(maya@mail.example) already exists.\nat /c/{TOKEN}/"
    try:
        raise ValueError(wrong)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())

    MaskLinkTokens().filter(record)

    told = logging.Formatter().format(record)
    assert "duplicate key" in told
    assert "maya" not in told
    assert TOKEN not in told


NOBODY_CATCHES = """
import sys, threading, django
django.setup()
thread = threading.Thread(target=lambda: 1 / 0, name="schedule")
thread.start()
thread.join()
print("goes on")
raise ValueError("/c/abcdefghijklmnopqrstuvwxyz012345/")
"""


def test_what_nobody_catches_is_in_the_log(tmp_path: Path) -> None:
    told = {
        "DJANGO_SETTINGS_MODULE": "careplans.settings",
        "DATA_DIR": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    run = subprocess.run(
        [sys.executable, "-c", NOBODY_CATCHES],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stdout == "goes on\n"
    assert "CRITICAL careplans.core.last_resort Nobody caught this in the thread schedule" in run.stderr
    assert "ZeroDivisionError" in run.stderr
    assert "CRITICAL careplans.core.last_resort Nobody caught this, and the process ends." in run.stderr
    assert "ValueError: /c/***/" in run.stderr
    assert run.returncode == 1


@pytest.fixture
def _handlers() -> Iterator[None]:
    before = logging.root.handlers[:]
    yield
    logging.root.handlers[:] = before


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize(
    ("path", "host"),
    [("/c/%00/", "testserver"), ("/healthz?x=%00", "testserver"), ("/healthz", "evil.example")],
)
def test_what_cannot_be_read_is_one_line(
    settings: Any, capsys: pytest.CaptureFixture[str], path: str, host: str
) -> None:
    logging.config.dictConfig(settings.LOGGING)

    response = Client().get(path, headers={"host": host})

    told = capsys.readouterr().err
    assert response.status_code == 400
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1


@pytest.mark.usefixtures("_handlers")
def test_our_own_mistake_keeps_its_traceback(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(settings.LOGGING)
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("django.request").exception("Internal Server Error", extra={"status_code": 500})

    assert "Traceback" in capsys.readouterr().err
