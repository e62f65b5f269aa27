"""The health check: what a monitor hears, and what a load balancer goes by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from careplans.accounts.models import Clinic
from careplans.outbox.heartbeat import beat
from careplans.outbox.models import Heartbeat
from tests.factories import NOW
from tests.make.outbox import make_message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_schedule_that_ticks_is_well() -> None:
    beat(now=NOW - timedelta(minutes=2))

    assert Client().get("/healthz").json() == {"database": "ok", "schedule": "ok"}


def test_after_two_missed_ticks_a_monitor_hears_of_it_and_the_pages_stay() -> None:
    beat(now=NOW - timedelta(minutes=2, seconds=1))

    assert Client().get("/healthz").status_code == 503
    assert Client().get("/healthz?only=site").status_code == 200


def test_before_the_first_tick_it_is_well_until_mail_waits(clinic: Clinic) -> None:
    assert Client().get("/healthz").status_code == 200

    make_message(clinic, due_at=NOW - timedelta(minutes=3))

    assert Client().get("/healthz").json()["schedule"] == "has never run"


def test_without_a_database_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**lookup: Any) -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(Heartbeat.objects, "filter", fail)

    response = Client().get("/healthz?only=site")

    assert (response.status_code, response.json()) == (503, {"database": "down"})


def test_it_takes_no_posts() -> None:
    assert Client().post("/healthz").status_code == 405
