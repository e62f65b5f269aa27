"""Real dispatcher processes, killed with SIGKILL while they send: nothing lost, nothing doubled unless unknown."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from careplans.accounts.models import Clinic
from careplans.outbox.models import Message
from tests.make.outbox import make_message, shared_database
from tests.sink import Sink, running_sink

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
State = Message.State
KILLS = int(os.environ.get("DELIVERY_KILLS", "10"))
ROWS = 15 * KILLS
FATES = {State.SENT, State.UNKNOWN}


class Workshop:
    """A process that forks dispatchers on demand, so that each starts at once."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert self._hear() == "ready"

    def start(self, database: str, sink: Sink, *, ahead: timedelta, limit: int = 40) -> int:
        seconds = ahead.total_seconds()
        return self._ask(
            start={"database": database, "email_url": sink.url, "ahead": seconds, "limit": limit}
        )

    def wait(self, pid: int) -> None:
        self._ask(wait=pid)

    def _ask(self, **request: Any) -> int:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return int(self._hear())

    def _hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Workshop]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.dispatcher"],
        env=os.environ | {"DATA_DIR": str(tmp_path_factory.mktemp("workshop"))},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield Workshop(process)
    process.communicate(timeout=20)


@transaction.atomic
def queue_rows(clinic: Clinic, rows: int) -> None:
    """Half check-ins, which the rule sends once more; half plan mails, which it does not."""
    now = timezone.now() - timedelta(minutes=2)
    for number in range(rows):
        kind = Message.Kind.CHECK_IN if number % 2 else Message.Kind.PLAN_PUBLISHED
        make_message(clinic, kind=kind, due_at=now + timedelta(minutes=1), now=now)


def check_nothing_lost_or_doubled(sink: Sink, kills: int) -> None:
    """The multisets of what was due, what arrived, and what we say about it."""
    due = {message.message_id: message for message in Message.objects.all()}
    copies = sink.copies
    assert {message.state for message in due.values()} <= FATES
    lost = [key for key, message in due.items() if not copies[key] and message.state != State.UNKNOWN]
    doubled = {key for key, number in copies.items() if number > 1}
    ever_unknown = {key for key, message in due.items() if message.times_unknown}
    assert lost == []
    assert doubled <= ever_unknown
    assert copies.keys() <= due.keys()
    assert max(copies.values()) <= 2
    assert len(ever_unknown) <= kills


def test_killed_dispatchers_lose_nothing(clinic: Clinic, tmp_path: Path, workshop: Workshop) -> None:
    queue_rows(clinic, ROWS)
    chance = random.Random(20260302)
    with running_sink() as sink, shared_database(tmp_path) as database:
        sink.delay_before = sink.delay_after = 0.003
        for number in range(KILLS):
            # Each dispatcher finds that the leases of the one before it have run out.
            pid = workshop.start(database, sink, ahead=timedelta(minutes=3 * number))
            _wait_for_a_few(sink, chance)
            os.kill(pid, signal.SIGKILL)
            workshop.wait(pid)
        for hours in (24, 25, 26):
            workshop.wait(workshop.start(database, sink, ahead=timedelta(hours=hours)))
    check_nothing_lost_or_doubled(sink, KILLS)


def _wait_for_a_few(sink: Sink, chance: random.Random) -> None:
    """Until this dispatcher has sent some, then a moment more, so that the kill falls on any statement."""
    wanted, patience = len(sink.mails) + chance.randint(1, 20), time.monotonic() + 5
    while len(sink.mails) < wanted and time.monotonic() < patience:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.02))


def test_two_dispatchers_send_each_mail_once(clinic: Clinic, tmp_path: Path, workshop: Workshop) -> None:
    queue_rows(clinic, 60)
    with running_sink() as sink, shared_database(tmp_path) as database:
        sink.delay_before = 0.003
        pids = [workshop.start(database, sink, ahead=timedelta(), limit=7) for _ in range(2)]
        for pid in pids:
            workshop.wait(pid)
        assert sink.connections > 1
    assert sorted(sink.copies.values()) == [1] * 60
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


def test_a_worker_that_slept_past_its_lease_doubles_nothing(
    clinic: Clinic, tmp_path: Path, workshop: Workshop
) -> None:
    queue_rows(clinic, 60)
    with running_sink() as sink, shared_database(tmp_path) as database:
        sink.delay_before = 0.005
        sleeper = workshop.start(database, sink, ahead=timedelta())
        _wait_for_a_few(sink, random.Random(1))
        os.kill(sleeper, signal.SIGSTOP)
        workshop.wait(workshop.start(database, sink, ahead=timedelta(minutes=3)))
        os.kill(sleeper, signal.SIGCONT)
        workshop.wait(sleeper)
        workshop.wait(workshop.start(database, sink, ahead=timedelta(hours=1)))
    check_nothing_lost_or_doubled(sink, kills=1)
