"""Behind the QR code of the handout."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.core.tokens import derive_token
from careplans.plans.models import PlanVersion
from tests.factories import NOW
from tests.make.checkins import ask_next, make_scheduled, moment_of
from tests.make.documents import make_version


@pytest.fixture
def version(clinic: Clinic, clinician: User) -> PlanVersion:
    return make_scheduled(clinic, clinician)


@pytest.fixture
def clock(version: PlanVersion) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def scanned(version: PlanVersion, year: str = "1980") -> Client:
    client = Client()
    response = client.get(f"/p/{derive_token(version.link_nonce, purpose='plan')}/")
    assert response["Location"] == "/my-plan/"
    client.post("/my-plan/confirm/", {"year": year})
    return client


def test_says_when_the_next_one_comes_and_what_to_watch_for(version: PlanVersion, clock: object) -> None:
    page = scanned(version).get("/my-plan/").content.decode()
    assert "Tuesday, 3 March" in page
    assert "Numbness around the genitals or back passage" in page
    assert "999" in page
    assert "Pelvic tilt" not in page


def test_leads_to_the_open_check_in(version: PlanVersion, clock: time_machine.Coordinates) -> None:
    clock.move_to(moment_of(ask_next(version.plan)))
    client = scanned(version)
    assert client.get("/my-plan/")["Location"] == "/check-in/"
    assert "How are you?" in client.get("/check-in/").content.decode()


def test_the_code_of_an_older_handout_still_works(version: PlanVersion, clock: object) -> None:
    make_version(version.plan)
    assert scanned(version).get("/my-plan/").status_code == 200


def test_an_ended_plan_says_so(version: PlanVersion, clock: object) -> None:
    type(version.plan).objects.update(state="completed", ended_at=NOW)
    assert "This plan has ended" in scanned(version).get("/my-plan/").content.decode()


def test_nothing_before_the_year(version: PlanVersion, clock: object) -> None:
    client = scanned(version, year="1999")
    page = client.get("/my-plan/", follow=True).content.decode()
    for canary in (version.plan.title, version.plan.patient.given_name, "Numbness", "March"):
        assert canary not in page


def test_unknown_codes_and_other_purposes(version: PlanVersion, clock: object) -> None:
    client = Client()
    client.get(f"/p/{derive_token(version.link_nonce, purpose='check-in')}/")
    assert client.get("/my-plan/").status_code == 404
    assert client.get("/my-plan/confirm/").status_code == 404


def test_in_arabic_from_right_to_left(clinic: Clinic, clinician: User, clock: object) -> None:
    page = (
        scanned(make_scheduled(clinic, clinician, patient={"language": "ar"}))
        .get("/my-plan/")
        .content.decode()
    )
    assert 'lang="ar"' in page
    assert 'dir="rtl"' in page
