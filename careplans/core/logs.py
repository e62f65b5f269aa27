"""Keep link tokens out of logs: a log line must not be a key to anything."""

from __future__ import annotations

import logging
import re

_TOKEN_PATH = re.compile(r"(/(?:c|p|invitation|account/password/reset/key)/)[A-Za-z0-9_-]{16,}")


class MaskLinkTokens(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = _TOKEN_PATH.sub(r"\1***", message)
        if masked != message:
            record.msg, record.args = masked, None
        return True
