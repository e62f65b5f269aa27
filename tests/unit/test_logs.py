"""A log line is no key to anything."""

from __future__ import annotations

import logging

import pytest

from careplans.core.logs import MaskLinkTokens

TOKEN = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.mark.parametrize("path", ["/c/", "/p/", "/invitation/"])
def test_link_tokens_are_masked(path: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s 200", (f"{path}{TOKEN}/",), None)

    MaskLinkTokens().filter(record)

    assert TOKEN not in record.getMessage()
    assert record.getMessage() == f"GET {path}***/ 200"
