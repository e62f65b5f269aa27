"""What a log line may hold: no key to anything, and no more of a stranger's mistake than one line."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

_TOKEN_PATH = re.compile(r"(/(?:c|p|invitation|account/password/reset/key)/)[A-Za-z0-9_-]{16,}")


# PostgreSQL repeats the values of a row that breaks a rule: names, addresses, answers.
_VALUES = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)


class MaskLinkTokens(logging.Filter):
    """In the line itself and in the traceback under it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = _masked(message)
        if masked != message:
            record.msg, record.args = masked, None
        if record.exc_info:
            text = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_text = _masked(text)
        return True


def _masked(text: str) -> str:
    return _VALUES.sub(r"\1: ***", _TOKEN_PATH.sub(r"\1***", text))


class OneLineForBadRequests(logging.Filter):
    """A request nobody can read is not a mistake of ours: one line says so, and no traceback fills the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == HTTPStatus.BAD_REQUEST:
            record.exc_info = record.exc_text = None
        return True
