"""PostgreSQL is killed under load: what a patient was told is stored, everybody else reads so, and all goes on by itself."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from datetime import datetime

import pytest
from celery import Celery
from django.db import connection
from django.utils import timezone

from careplans.accounts.models import Clinic, User
from careplans.outbox.models import Heartbeat
from tests.make.servers import OwnRedis, copy_test_database, own_folder, own_postgresql, reading_from
from tests.make.site import (
    NOTHING_STORED,
    Patients,
    confirmed_device,
    make_open,
    running_site,
    running_worker,
    wait_until,
    whole_answers,
)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a PostgreSQL to kill"),
]
RESTARTS, ANSWERS_BETWEEN = 4, 8


def test_restarts_under_load_lose_nothing(clinic: Clinic, clinician: User) -> None:
    check_ins = make_open(clinic, clinician, 1500)
    device, calm = confirmed_device(check_ins[0]), [check_ins.pop() for _ in range(2)]
    with own_folder() as folder:
        cluster, redis = own_postgresql(folder), OwnRedis(folder)
        with cluster.running():
            copy_test_database(cluster, folder)
        servers = {"DATABASE_URL": cluster.url, "REDIS_URL": redis.url}
        with redis.until_killed(), running_worker(folder, **servers), running_site(folder, **servers) as site:
            patients, again, unnoticed = Patients(site, device), Patients(site, device), []
            for check_in in calm:
                with cluster.running(stop_with=signal.SIGQUIT):
                    unnoticed.append(site.answer(check_in, device).status)
            with ExitStack() as for_good:
                with patients.answering(check_ins):
                    for _ in range(RESTARTS):
                        with cluster.running(stop_with=signal.SIGQUIT):
                            tick(redis)
                            patients.wait_for(ANSWERS_BETWEEN)
                    for_good.enter_context(cluster.running())
                    began = timezone.now()
                for_good.enter_context(reading_from(cluster))
                stored = whole_answers()
                refused = patients.whose(status=503)
                with again.answering([one for one in check_ins if one.pk in refused]):
                    tick(redis)
                    wait_until(again.waiting.empty, "refused answers sent again")
                wait_until(lambda: has_beaten_since(began), "the worker at work again")

    # Between requests: the connections that wait in the pool are dead, and nobody gets one of them.
    assert unnoticed == [302] * len(calm)
    assert {one.status for one in patients.replies} == {302, 503}
    assert {one.retry_after for one in patients.replies if one.status == 503} == {"30"}
    assert patients.whose(status=302) <= stored
    assert not patients.whose(status=503, says=NOTHING_STORED) & stored
    assert {one.status for one in again.replies} == {302}


def tick(redis: OwnRedis) -> None:
    """As the schedule does each minute."""
    with Celery(broker=redis.url, set_as_current=False) as app:
        app.send_task("outbox.heartbeat", queue="quick", ignore_result=True)


def has_beaten_since(moment: datetime) -> bool:
    return Heartbeat.objects.filter(beat_at__gte=moment).exists()
