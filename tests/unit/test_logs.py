"""A log line is no key to anything."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from careplans.core.logs import MaskLinkTokens

TOKEN = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.mark.parametrize("path", ["/c/", "/p/", "/invitation/"])
def test_link_tokens_are_masked(path: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s 200", (f"{path}{TOKEN}/",), None)

    MaskLinkTokens().filter(record)

    assert TOKEN not in record.getMessage()
    assert record.getMessage() == f"GET {path}***/ 200"


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
