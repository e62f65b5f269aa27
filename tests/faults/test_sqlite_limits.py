"""SQLite's file is written by many at once, locked for long, or full: writers wait, and who waits in vain reads so."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.checkins.models import CheckIn
from tests.make.checkins import link_of
from tests.make.outbox import shared_database
from tests.make.site import FLAG, confirmed_device, hidden_fields, make_open, whole_answers

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's file"),
]
PROCESSES, TIMES = 8, 25


@contextmanager
def on_file(path: str, *, patience: float = 0.2) -> Iterator[BaseDatabaseWrapper]:
    """This thread works on the file, as a clinic's does, but waits less long for other writers."""
    memory = connections["default"]
    file = memory.copy()
    file.settings_dict = memory.settings_dict | {"NAME": path}
    file.settings_dict["OPTIONS"] = memory.settings_dict["OPTIONS"] | {"timeout": patience}
    connections["default"] = file
    try:
        yield file
    finally:
        file.close()
        connections["default"] = memory


class Phone:
    """A browser in this process, let in before anything is broken."""

    def __init__(self, check_in: CheckIn) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.cookies.load(confirmed_device(check_in))

    def open(self, check_in: CheckIn) -> Any:
        return self.client.get(link_of(check_in), follow=True)

    def answer(self, check_in: CheckIn) -> Any:
        page = self.open(check_in).content.decode()
        return self.client.post("/check-in/", hidden_fields(page) | FLAG)


def test_eight_processes_write_at_once(clinic: Clinic, tmp_path: Path) -> None:
    before = clinic.version
    with shared_database(tmp_path) as path:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.writers", str(PROCESSES), str(TIMES)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": f"sqlite:///{path}", "DATA_DIR": str(tmp_path / "data")},
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
            check=False,
        )

    clinic.refresh_from_db()
    assert (done.stderr, done.returncode) == ("", 0)
    assert clinic.version == before + PROCESSES * TIMES
    assert AuditEvent.objects.filter(action="written").count() == PROCESSES * TIMES


def test_who_waits_too_long_for_a_long_write_reads_so(
    clinic: Clinic, clinician: User, tmp_path: Path
) -> None:
    check_in, *_others = make_open(clinic, clinician, 1)
    with shared_database(tmp_path) as path, on_file(path):
        phone, other = Phone(check_in), sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused, read = phone.answer(check_in), phone.open(check_in)
        other.execute("ROLLBACK")
        other.close()
        sent = phone.answer(check_in)
        stored = whole_answers()

    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert "Nothing of what you wrote just now was stored" in refused.content.decode()
    assert read.status_code == 200
    assert (sent.status_code, stored) == (302, {check_in.pk})


def test_a_full_disk_refuses_whole_answers_and_keeps_the_others(
    clinic: Clinic, clinician: User, tmp_path: Path
) -> None:
    check_ins = make_open(clinic, clinician, 12)
    with shared_database(tmp_path) as path, on_file(path) as file:
        phone = Phone(check_ins[0])
        leave_little_space(file)
        statuses = {check_in.pk: phone.answer(check_in) for check_in in check_ins}
        stored = whole_answers()
        refused = [one for one in check_ins if statuses[one.pk].status_code == 503]
        page = statuses[refused[0].pk].content.decode()
        read = phone.open(refused[0])
        with file.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1000000")
        again = {phone.answer(one).status_code for one in refused}
        with file.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            integrity = cursor.fetchone()

    assert {one.status_code for one in statuses.values()} == {302, 503}
    assert stored == {pk for pk, reply in statuses.items() if reply.status_code == 302}
    assert "Nothing of what you wrote just now was stored" in page
    assert read.status_code == 200
    assert (again, integrity) == ({302}, ("ok",))


def leave_little_space(file: BaseDatabaseWrapper) -> None:
    """As when the disk is nearly full: a few pages more, and none that was freed before."""
    with file.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 8}")
