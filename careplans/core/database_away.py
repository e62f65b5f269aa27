"""When the database is away, restarting, full or locked: telling that from our own mistakes, and what was stored before it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

from careplans.core.middleware import GetResponse

# PostgreSQL files two of its own time-outs and fail-overs under "internal": a server that only reads for now, and a
# session it ended because this process stood still in the middle of a transaction.
READS_ONLY, STOOD_STILL = "25006", "25P03"
# Of those who wait for one another it throws out one, whose transaction it has taken back by then.
DEADLOCK, NOT_IN_A_ROW = "40P01", "40001"
WRITES = ("INSERT", "UPDATE", "DELETE")


def is_database_away(error: BaseException | None) -> bool:
    """Whether ``error`` says that the records cannot be reached now, which passes without anybody mending the program."""
    cause = error.__cause__ if error else None
    if isinstance(cause, sqlite3.Error):
        # SQLite calls a table that does not exist an operational error too.
        is_ours = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR
        return isinstance(error, OperationalError) and not is_ours
    if isinstance(error, InternalError):
        return getattr(cause, "sqlstate", None) in (READS_ONLY, STOOD_STILL)
    return isinstance(error, OperationalError | InterfaceError)


def is_taken_back(error: BaseException) -> bool:
    """Whether PostgreSQL threw this one out for another's sake: then nothing of it is stored, and once more may do."""
    return getattr(error.__cause__, "sqlstate", None) in (DEADLOCK, NOT_IN_A_ROW)


@dataclass
class Writes:
    """What became of the writes of one request, as far as it is known.

    A connection that breaks during COMMIT leaves the outcome open, and one that breaks later takes nothing back: who
    reads "nothing was saved" must be able to rely on it.
    """

    are_stored: bool = False
    are_open: bool = False

    @property
    def may_be_stored(self) -> bool:
        return self.are_stored or self.are_open

    def watch(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Goes around every statement of the request."""
        is_write = sql.startswith(WRITES)
        is_in_transaction = context["connection"].in_atomic_block
        try:
            result = execute(sql, params, many, context)
        except DatabaseError as error:
            if is_database_away(error):
                # A transaction is taken back whole; of a write that stood alone perhaps only the answer was lost.
                self.are_open = is_write and not is_in_transaction
            raise
        if is_write and not is_in_transaction:
            self.are_stored = True
        elif is_write and not self.are_open:
            self.are_open = True
            context["connection"].on_commit(self._note_commit, robust=True)
        return result

    def _note_commit(self) -> None:
        self.are_stored, self.are_open = True, False


def note_writes(get_response: GetResponse) -> GetResponse:
    """Keep on the request what it wrote, for the page that says that the database is away."""

    def middleware(request: HttpRequest) -> HttpResponse:
        writes = Writes()
        request.writes = writes  # type: ignore[attr-defined]  # read by may_be_stored
        with connection.execute_wrapper(writes.watch):
            return get_response(request)

    return middleware


def may_be_stored(request: HttpRequest) -> bool:
    """Whether something this request brought may be in the records, although it ended in an error."""
    writes: Writes | None = getattr(request, "writes", None)
    return writes is not None and writes.may_be_stored
