"""Messages for tests, queued through the verb, and a database that other processes can share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connection

from careplans.accounts.models import Clinic
from careplans.outbox.models import Message
from careplans.outbox.queue import queue_message
from tests.factories import NOW

_numbers = count(1)


def make_message(clinic: Clinic | None, **fields: Any) -> Message:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "clinic": clinic,
        "kind": Message.Kind.CHECK_IN,
        "key": f"test:{number}",
        "to_address": f"person{number}@mail.example",
        "subject": "How are you getting on?",
        "text": "Hello,\n\nplease answer here: {link}\n",
        "html": '<p>Hello, <a href="{link}">please answer</a></p>',
        "language": "en",
        "due_at": NOW,
        "link_path": "/c/",
        "link_nonce": f"{number:032x}",
        "link_purpose": "check-in",
        "now": NOW,
    }
    return queue_message(**(defaults | fields))


@contextmanager
def shared_database(folder: Path) -> Iterator[str]:
    """Name of a database other processes can open, filled with what the test has made so far.

    PostgreSQL: the test database itself. SQLite: the one in memory, copied to a file and read back at the end.
    Needs ``django_db(transaction=True)``.
    """
    if connection.vendor != "sqlite":
        yield connection.settings_dict["NAME"]
        return
    path = folder / "shared.sqlite3"
    _copy(connection.connection, path, is_back=False)
    yield str(path)
    _copy(connection.connection, path, is_back=True)


def _copy(memory: sqlite3.Connection, path: Path, *, is_back: bool) -> None:
    file = sqlite3.connect(path)
    try:
        if is_back:
            file.backup(memory)
        else:
            memory.backup(file)
            file.execute("PRAGMA journal_mode=WAL")
    finally:
        file.close()
