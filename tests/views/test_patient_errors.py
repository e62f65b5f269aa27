"""Whatever goes wrong on a patient's page, it says whom to call and does not pretend that something was stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.checkins.models import Answer, CheckIn
from tests.make.checkins import Phone, make_asked, moment_of

ADVICE = ("If you need help now, do not wait for us", "Nobody watches the answers all the time.")
FLAG = {"flag_saddle_numbness": "yes", "flag_leg_weakness": "no", "pain_now": "5", "pain_worst": "5"}


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician)


@pytest.fixture
def phone(check_in: CheckIn) -> Iterator[Client]:
    """A device on which the link was opened and the year confirmed; it does not hide the server's mistakes."""
    with time_machine.travel(moment_of(check_in), tick=False):
        yield Phone(check_in, raise_request_exception=False).open_link()


def helps(response: Any) -> bool:
    return all(sentence in response.content.decode() for sentence in ADVICE)


@pytest.mark.parametrize("path", ["/check-in/", "/check-in/more/", "/check-in/confirm/", "/my-plan/confirm/"])
def test_a_body_that_is_too_big_is_said_not_to_be_stored(phone: Client, clinic: Clinic, path: str) -> None:
    phone.get("/check-in/")  # brings the cookie of the form check, which is the first to read the body
    phone.handler.enforce_csrf_checks = True
    response = phone.post(path, FLAG | {"comment": "x" * 1_100_000})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Your answers were not sent" in page
    assert helps(response)
    assert clinic.phone in page
    assert clinic.emergency_number in page
    assert not Answer.objects.exists()


def test_a_body_that_is_too_big_helps_a_stranger_too(db: None) -> None:
    client = Client(raise_request_exception=False)
    response = client.post("/check-in/confirm/", {"year": "x" * 1_100_000})
    assert response.status_code in (400, 404)
    assert helps(response)


def test_too_many_fields_are_said_not_to_be_stored(phone: Client, clinic: Clinic) -> None:
    response = phone.post("/check-in/", FLAG | {f"more_{number}": "x" for number in range(500)})
    assert response.status_code == 400
    assert helps(response)
    assert clinic.phone in response.content.decode()


def test_a_form_that_is_too_old_names_the_clinics_numbers(phone: Client, clinic: Clinic) -> None:
    phone.handler.enforce_csrf_checks = True
    response = phone.post("/check-in/", FLAG)
    assert response.status_code == 403
    assert helps(response)
    assert clinic.phone in response.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/c/", "/p/", "/c/abc/def/", "/c/abc/)", "/check-in/nothing/", "/my-plan/x/", "/c/%00/", "/p/%00/"],
)
def test_an_address_that_leads_nowhere_still_helps(db: None, path: str) -> None:
    response = Client().get(path, follow=True)
    assert response.status_code in (400, 404)
    assert "This link cannot be used any more" in response.content.decode()
    assert helps(response)
    assert response["Cache-Control"] == "no-store"


def test_our_own_mistake_still_helps(phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**fields: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("careplans.checkins.views.receive.record_answer", fail)
    response = phone.post("/check-in/", FLAG)
    assert response.status_code == 500
    assert "it may not have been stored" in response.content.decode()
    assert helps(response)


def test_a_second_answer_is_said_not_to_count(phone: Client, clinic: Clinic) -> None:
    calm = FLAG | {"flag_saddle_numbness": "no"}
    phone.post("/check-in/", calm)
    phone.post("/check-in/more/", {"function": "7", "spasm_frequency": "none", "wants_call": "no"})
    page = phone.post("/check-in/", calm | {"pain_now": "9", "pain_worst": "9"}, follow=True).content.decode()
    assert "was not added to them" in page
    assert clinic.phone in page
    assert Answer.objects.get().pain_now == 5


def test_staff_get_the_usual_pages(db: None) -> None:
    response = Client().get("/nothing/here/")
    assert response.status_code == 404
    assert "Nobody watches" not in response.content.decode()
