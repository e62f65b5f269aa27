"""Redis is killed while it is told of work: no answer is refused, and each mail leaves once, for the rows say what is due."""

from __future__ import annotations

import time

import pytest
from celery import Celery
from django.db import connection
from redis import Redis

from careplans.accounts.models import Clinic, User
from careplans.outbox import hint
from careplans.outbox.models import Heartbeat, Message, MessageQuerySet
from tests.make.servers import OwnRedis, own_folder
from tests.make.site import (
    Patients,
    confirmed_device,
    make_open,
    running_site,
    running_worker,
    wait_until,
    whole_answers,
)
from tests.sink import running_sink

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="Redis goes with PostgreSQL"),
]
KILLS = 3


def test_kills_while_tasks_are_queued_lose_nothing(clinic: Clinic, clinician: User) -> None:
    check_ins = make_open(clinic, clinician, 1500)
    device = confirmed_device(check_ins[0])
    with own_folder() as folder, running_sink() as sink:
        redis, at = OwnRedis(folder), connection.settings_dict
        servers = {
            "DATABASE_URL": f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}",
            "REDIS_URL": redis.url,
            "EMAIL_URL": sink.url,
        }
        with running_site(folder, **servers) as site, running_worker(folder, **servers) as worker:
            patients = Patients(site, device)
            with redis.until_killed():
                wait_until(lambda: Heartbeat.objects.exists() or tick(redis, "outbox.heartbeat"), "a worker")
            with patients.answering(check_ins):
                for _ in range(KILLS):
                    with redis.until_killed():
                        keep_queueing(redis)
                    time.sleep(0.3)
            stored = whole_answers()
            with redis.until_killed():
                wait_until(lambda: all_sent() or tick(redis, "outbox.deliver_waiting"), "all notices sent")
            is_same_worker = worker.poll() is None

    assert {one.status for one in patients.replies} == {302}
    assert patients.whose(status=302) == stored
    assert set(sink.copies.values()) == {1}
    assert len(sink.copies) == notices().count()
    assert is_same_worker


def test_a_full_redis_fails_no_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with own_folder() as folder:
        redis = OwnRedis(folder)
        with redis.until_killed(), Redis.from_url(redis.url) as client:
            client.config_set("maxmemory", "1")
            monkeypatch.setattr(hint, "current_app", Celery(broker=redis.url, set_as_current=False))
            monkeypatch.setattr(hint._Broker, "quiet_until", 0.0)
            hint._send_hint()

    assert "No broker to wake a worker" in caplog.text


def tick(redis: OwnRedis, task: str) -> None:
    """As the schedule does each minute."""
    with Celery(broker=redis.url, set_as_current=False) as app:
        app.send_task(task, queue="quick", ignore_result=True)
    time.sleep(0.2)


def keep_queueing(redis: OwnRedis) -> None:
    for _ in range(5):
        tick(redis, "outbox.deliver_waiting")


def all_sent() -> bool:
    return not notices().exclude(state=Message.State.SENT).exists()


def notices() -> MessageQuerySet:
    return Message.objects.filter(kind=Message.Kind.ALERT_NOTICE)
