"""Brings the database to this release's tables, with a copy of SQLite's file first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.checks import Error
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from redis import Redis, RedisError

from careplans.checks import problem

CONNECT_SECONDS = 5


def unreachable() -> list[Error]:
    """The servers that the settings name and that do not answer."""
    found = []
    try:
        _try_connection()
    except OperationalError as error:
        cure = "Start that database server, or correct the address."
        found.append(
            problem("DATABASE_URL", f"leads to a database that does not answer ({_first_line(error)})", cure)
        )
    if settings.REDIS_URL:
        try:
            Redis.from_url(
                settings.REDIS_URL, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
            ).ping()
        except RedisError as error:
            cure = "Start that Redis server, correct the address, or leave it out to do without Redis."
            found.append(
                problem("REDIS_URL", f"leads to a Redis that does not answer ({_first_line(error)})", cure)
            )
    return found


def _try_connection() -> None:
    """Not through the pool, which would go on trying, and complaining, for longer than anybody wants to wait."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        return
    with connection.wrap_database_errors:
        parameters = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
        connection.Database.connect(**parameters).close()  # type: ignore[attr-defined]  # every backend has one


def migrate_when_needed(*, say: Callable[[str], None], now: datetime) -> bool:
    """Apply pending migrations; True when there were any."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        if executor.loader.applied_migrations:
            _copy_sqlite(say, now)
        say(f"Database: {len(pending)} changes to its tables …")
        call_command("migrate", interactive=False, verbosity=0)
    # The table of the cache belongs to no migration: with Redis there is none.
    call_command("createcachetable", verbosity=0)
    return bool(pending)


def _copy_sqlite(say: Callable[[str], None], now: datetime) -> None:
    """An upgrade that goes wrong must be undoable; PostgreSQL's own dumps are the operator's."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        return
    folder = settings.DATA_DIR / "before-upgrades"
    folder.mkdir(mode=0o700, exist_ok=True)
    target: Path = folder / f"{now:%Y-%m-%d-%H%M%S}.sqlite3"
    say(f"Copying the database to {target} before the upgrade …")
    connection.ensure_connection()
    with sqlite3.connect(target) as copy:
        connection.connection.backup(copy)
    copy.close()
    target.chmod(0o600)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
