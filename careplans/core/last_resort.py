"""What nobody caught goes into the log like everything else: with the time, at its level, and without link tokens."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

log = logging.getLogger(__name__)


def note_what_nobody_catches() -> None:
    """For processes of our own; a thread that fails leaves the others at work."""
    sys.excepthook = _of_process
    threading.excepthook = _of_thread


def _of_process(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    log.critical("Nobody caught this, and the process ends.", exc_info=(kind, error, traceback))


def _of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is SystemExit or args.exc_value is None:
        return
    name = args.thread.name if args.thread else "unknown"
    log.critical(
        "Nobody caught this in the thread %s; the others go on.",
        name,
        exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
    )
