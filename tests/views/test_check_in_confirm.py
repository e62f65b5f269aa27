"""The year of birth: few tries, nothing given away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.checkins.confirm import forget_old_tries
from careplans.checkins.models import CheckIn, ConfirmationTry
from tests.make.checkins import link_of, make_asked, moment_of


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician)


@pytest.fixture
def clock(check_in: CheckIn) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(moment_of(check_in), tick=False) as clock:
        yield clock


def opened(check_in: CheckIn) -> Client:
    client = Client()
    client.get(link_of(check_in))
    return client


@pytest.mark.parametrize("year", ["1980", "١٩٨٠", " 1980 "])
def test_the_right_year_lets_in(check_in: CheckIn, clock: object, year: str) -> None:
    client = opened(check_in)
    response = client.post("/check-in/confirm/", {"year": year})
    assert response["Location"] == "/check-in/"
    assert client.get("/check-in/").status_code == 200
    device = client.cookies["device"]
    assert device["httponly"]
    assert device["max-age"] == 90 * 86400


@pytest.mark.parametrize(
    ("year", "says"),
    [
        ("1981", "That is not the year we have"),
        ("", "Write the year"),
        ("80", "four digits"),
        ("x", "four digits"),
    ],
)
def test_a_wrong_year_says_so(check_in: CheckIn, clock: object, year: str, says: str) -> None:
    client = opened(check_in)
    assert says in client.post("/check-in/confirm/", {"year": year}).content.decode()
    assert client.get("/check-in/")["Location"] == "/check-in/confirm/"


def test_five_tries_an_hour_for_a_link(check_in: CheckIn, clock: time_machine.Coordinates) -> None:
    answers = [
        opened(check_in).post("/check-in/confirm/", {"year": str(1900 + n)}).status_code for n in range(6)
    ]
    assert answers == [200] * 5 + [429]
    blocked = opened(check_in).post("/check-in/confirm/", {"year": "1980"})
    assert blocked.status_code == 429
    assert "Too many tries" in blocked.content.decode()
    clock.shift(timedelta(hours=1, minutes=1))
    assert opened(check_in).post("/check-in/confirm/", {"year": "1980"}).status_code == 302


def test_an_address_is_limited_over_all_links(clinic: Clinic, clinician: User, clock: object) -> None:
    rows = [make_asked(clinic, clinician) for _number in range(11)]
    codes = [
        opened(row).post("/check-in/confirm/", {"year": str(1900 + n)}).status_code
        for row in rows
        for n in range(4)
    ]
    assert codes[:40] == [200] * 40
    assert set(codes[40:]) == {429}


def test_no_address_is_kept_in_clear(check_in: CheckIn, clock: object) -> None:
    opened(check_in).post("/check-in/confirm/", {"year": "1981"})
    assert not ConfirmationTry.objects.filter(about__contains="127.0.0.1").exists()


def test_old_tries_are_forgotten(check_in: CheckIn, clock: time_machine.Coordinates) -> None:
    opened(check_in).post("/check-in/confirm/", {"year": "1981"})
    assert forget_old_tries(now=moment_of(check_in)) == 0
    assert forget_old_tries(now=moment_of(check_in, days=3)) == 2


def test_without_a_link_there_is_nothing(db: None) -> None:
    assert Client().get("/check-in/confirm/").status_code == 404
    assert Client().post("/check-in/confirm/", {"year": "1980"}).status_code == 404


def test_a_server_that_hides_addresses_locks_nobody_out(check_in: CheckIn, clock: object) -> None:
    response = opened(check_in).post("/check-in/confirm/", {"year": "1980"}, REMOTE_ADDR="")
    assert response.status_code == 302
