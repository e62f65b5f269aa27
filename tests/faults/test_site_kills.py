"""The web process is killed while it answers: what a patient was told is stored, and nothing is stored by half."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from django.db import connection

from careplans.accounts.models import Clinic, User
from tests.make.outbox import shared_database
from tests.make.site import (
    Patients,
    Site,
    confirmed_device,
    make_open,
    running_site,
    wait_until,
    whole_answers,
)

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
# Named, but nothing listens: no worker changes rows meanwhile, and no request may mind.
NO_REDIS = "redis://127.0.0.1:1/0"
KILLS = 5


def url_of(name: str) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    at = connection.settings_dict
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{name}"


def new_worker(site: Site, *, after: int) -> int:
    wait_until(lambda: site.worker_pid() not in (0, after), "a new web process")
    return site.worker_pid()


def test_a_killed_web_process_stores_all_or_nothing(clinic: Clinic, clinician: User, tmp_path: Path) -> None:
    check_ins, chance = make_open(clinic, clinician, 600), random.Random(7)
    device = confirmed_device(check_ins[0])

    with (
        shared_database(tmp_path) as name,
        running_site(tmp_path, DATABASE_URL=url_of(name), REDIS_URL=NO_REDIS) as site,
    ):
        patients = Patients(site, device)
        with patients.answering(check_ins):
            pid = 0
            for _ in range(KILLS):
                pid = new_worker(site, after=pid)
                patients.wait_for(chance.randint(3, 12))
                time.sleep(chance.uniform(0, 0.02))
                os.kill(pid, signal.SIGKILL)
            new_worker(site, after=pid)
            patients.wait_for(6)

    stored = whole_answers()
    assert {one.status for one in patients.replies} == {0, 302}
    assert patients.whose(status=302) <= stored
    assert patients.replies[-1].status == 302
