"""Database connections and forks: a child must never use, nor close, a connection its parent opened."""

from __future__ import annotations

import os

from django.db import connections


def close_connections() -> None:
    """Close what this process holds, pool and all, before it forks."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.alias in getattr(connection, "_connection_pools", {}):
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's have one


def forget_inherited_pools() -> None:
    """In a fresh child: its parent's pool has threads that do not exist here."""
    for connection in connections.all(initialized_only=True):
        getattr(connection, "_connection_pools", {}).clear()


def guard_forks() -> None:
    """For forks made by others, such as Celery's worker processes."""
    os.register_at_fork(after_in_child=forget_inherited_pools)
