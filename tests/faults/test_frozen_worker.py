"""A worker that stands still in the middle of a transaction: PostgreSQL takes its rows back, and the others go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from careplans.accounts.models import Clinic
from careplans.outbox.claim import claim_due
from careplans.outbox.deliver import deliver_due
from careplans.outbox.models import Message
from tests.factories import NOW
from tests.make.outbox import make_message
from tests.sink import running_sink

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    # SQLite has one writer: a second one gives up after 20 s by itself.
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own time limits"),
]
TAKE_ROW = f"SELECT 1 FROM {Message._meta.db_table} WHERE id = %s FOR UPDATE"  # noqa: S608  # our own table


@pytest.fixture
def frozen() -> Iterator[BaseDatabaseWrapper]:
    """A session of another worker, which will not move again once it has the row."""
    other = connection.copy()
    yield other
    other.close()


def seconds(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::int / 1000 FROM pg_settings WHERE name = %s", [name])
        return int(cursor.fetchone()[0])


def test_who_waits_waits_longer_than_who_stands_still() -> None:
    assert 0 < seconds("idle_in_transaction_session_timeout") < seconds("lock_timeout") <= 30


def test_its_rows_come_free_and_the_mail_leaves(
    clinic: Clinic, frozen: BaseDatabaseWrapper, settings: Any
) -> None:
    message = make_message(clinic)
    claim_due(now=NOW, limit=1)
    with frozen.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '1s'")
        cursor.execute("BEGIN")
        cursor.execute(TAKE_ROW, [message.pk])

    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        report = deliver_due(now=NOW + timedelta(hours=1))

    assert (report.sent, len(sink.mails)) == (1, 1)


def test_who_waits_too_long_is_told_so_and_loses_nothing(clinic: Clinic, frozen: BaseDatabaseWrapper) -> None:
    message = make_message(clinic)
    with frozen.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(TAKE_ROW, [message.pk])

    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    with pytest.raises(Exception, match="lock timeout"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(subject="never")
    with frozen.cursor() as cursor:
        cursor.execute("ROLLBACK")
    connection.close()

    assert deliver_due(now=NOW + timedelta(hours=1)).kept == 1
