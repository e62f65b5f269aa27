"""The demo clinic need not wait for the day of a check-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.checkins.models import CheckIn
from careplans.outbox.models import Message
from tests.factories import NOW, make_clinic
from tests.make.checkins import make_scheduled, planned


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic(is_demo=True)


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return planned(make_scheduled(clinic, clinician).plan)[0]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def path(check_in: CheckIn) -> str:
    return f"/check-ins/{check_in.pk}/send-now/"


def test_asks_and_delivers_at_once(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    client = client_of(Role.CLINICIAN)
    assert client.post(path(check_in))["Location"] == f"/patients/{check_in.patient_id}/"
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.ASKED
    assert Message.objects.get(key=check_in.mail_key).state == Message.State.KEPT
    client.post(path(check_in))
    assert Message.objects.filter(kind="check_in").count() == 1


def test_at_night_too(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    """Whoever tries the product out after hours can follow the link at once."""
    with time_machine.travel(NOW.replace(hour=2), tick=False):
        client_of(Role.CLINICIAN).post(path(check_in))

    assert Message.objects.get(key=check_in.mail_key).state == Message.State.KEPT


def test_only_in_the_demo_clinic(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    Clinic.objects.update(is_demo=False)
    assert client_of(Role.CLINICIAN).post(path(check_in)).status_code == 404


def test_who_may_not(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    assert Client().post(path(check_in)).status_code == 302
    assert client_of(Role.FRONT_DESK).post(path(check_in)).status_code == 403
    assert client_of(Role.CLINICIAN, at=make_clinic(is_demo=True)).post(path(check_in)).status_code == 404
    assert client_of(Role.CLINICIAN).get(path(check_in)).status_code == 405
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.SCHEDULED
