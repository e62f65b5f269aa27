"""One phone, two patients or two plans: an answer belongs to whom the form was made for, whatever was opened since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.checkins import doors
from careplans.checkins.form_names import ANSWER, LIFE, YEAR_FOR_CHECK_IN, name_form
from careplans.checkins.models import Alert, Answer, CheckIn
from careplans.checkins.schedule import schedule_check_ins
from tests.factories import NOW
from tests.make.checkins import ask_next, link_of, make_asked, moment_of
from tests.make.documents import make_plan, make_version

CALM = {"flag_saddle_numbness": "no", "flag_leg_weakness": "no", "pain_now": "3", "pain_worst": "5"}
FLAG = CALM | {"flag_saddle_numbness": "yes"}
MORE = {"function": "7", "spasm_frequency": "none", "wants_call": "no"}


@pytest.fixture
def wife(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician, patient={"given_name": "Wanda", "birth_date": date(1981, 1, 1)})


@pytest.fixture
def husband(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician, patient={"given_name": "Hugo", "birth_date": date(1979, 1, 1)})


@pytest.fixture(autouse=True)
def clock(wife: CheckIn) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(moment_of(wife), tick=False) as clock:
        yield clock


def hidden(page: Any) -> dict[str, str]:
    """The hidden name of the form on a page, as a tab that stays open keeps it."""
    found = re.search(r'name="form" value="([^"]+)"', page.content.decode())
    assert found
    return {"form": found[1]}


def let_in(client: Client, check_in: CheckIn, year: str) -> dict[str, str]:
    client.get(link_of(check_in))
    client.post("/check-in/confirm/", {"year": year})
    return hidden(client.get("/check-in/"))


@pytest.fixture
def shared() -> Client:
    return Client()


def test_an_answer_goes_to_whose_form_it_was(shared: Client, wife: CheckIn, husband: CheckIn) -> None:
    her_tab = let_in(shared, wife, "1981")
    his_tab = let_in(shared, husband, "1979")

    response = shared.post("/check-in/", FLAG | her_tab)

    assert Answer.objects.get().check_in == wife
    assert Alert.objects.get().patient_id == wife.patient_id
    assert response["Location"] == "/check-in/thanks/"
    assert "Get help now" in shared.get("/check-in/thanks/").content.decode()
    shared.post("/check-in/", CALM | his_tab)
    assert Answer.objects.get(check_in=husband).raised_flags == []
    shared.post("/check-in/more/", MORE | her_tab)
    assert Answer.objects.get(check_in=wife).completed_at is not None
    assert Answer.objects.get(check_in=husband).completed_at is None


def test_two_plans_of_one_patient(shared: Client, wife: CheckIn, clinician: User) -> None:
    version = make_version(make_plan(wife.patient, clinician))
    schedule_check_ins(version=version, by=clinician, now=NOW)
    other = ask_next(version.plan)
    first_tab = let_in(shared, wife, "1981")
    let_in(shared, other, "1981")

    shared.post("/check-in/", FLAG | first_tab)

    assert Answer.objects.get().check_in == wife


def test_the_page_names_who_is_asked(shared: Client, wife: CheckIn) -> None:
    shared.get(link_of(wife))
    assert "Wanda" not in shared.get("/check-in/", follow=True).content.decode()
    let_in(shared, wife, "1981")
    assert "These questions are for Wanda." in shared.get("/check-in/").content.decode()
    shared.post("/check-in/", CALM | let_in(shared, wife, "1981"))
    assert "These questions are for Wanda." in shared.get("/check-in/more/").content.decode()


def test_a_family_confirms_once_each(shared: Client, wife: CheckIn, husband: CheckIn) -> None:
    let_in(shared, wife, "1981")
    let_in(shared, husband, "1979")
    shared.get(link_of(wife))
    assert shared.get("/check-in/").status_code == 200


def test_each_confirmation_ends_by_itself(
    shared: Client, wife: CheckIn, husband: CheckIn, clock: time_machine.Coordinates
) -> None:
    let_in(shared, wife, "1981")
    clock.shift(timedelta(days=60))
    request, response = HttpRequest(), HttpResponse()
    request.COOKIES = {"device": shared.cookies["device"].value}
    doors.remember_device(request, response, patient=husband.patient)
    request.COOKIES = {"device": response.cookies["device"].value}
    clock.shift(timedelta(days=31))
    assert doors.is_confirmed(request, husband.patient)
    assert not doors.is_confirmed(request, wife.patient)


def test_a_year_is_for_whose_page_asked_for_it(shared: Client, wife: CheckIn, husband: CheckIn) -> None:
    shared.get(link_of(wife))
    her_tab = hidden(shared.get("/check-in/confirm/"))
    shared.get(link_of(husband))

    assert shared.post("/check-in/confirm/", {"year": "1981"} | her_tab)["Location"] == "/check-in/"

    assert "Wanda" in shared.get("/check-in/").content.decode()
    shared.get(link_of(husband))
    assert shared.get("/check-in/")["Location"] == "/check-in/confirm/"


@pytest.mark.parametrize("kind", ["none", "forged", "another purpose"])
def test_a_form_that_names_nobody_is_said_not_to_be_stored(
    shared: Client, wife: CheckIn, clinic: Clinic, kind: str
) -> None:
    let_in(shared, wife, "1981")
    name = {
        "none": {},
        "forged": {"form": name_form(ANSWER, wife.pk)[:-1] + "~"},
        "another purpose": {"form": name_form(YEAR_FOR_CHECK_IN, wife.pk)},
    }[kind]

    response = shared.post("/check-in/", FLAG | name)

    page = response.content.decode()
    assert response.status_code == 400
    assert not Answer.objects.exists()
    assert "Get help now" in page
    assert "Go to an emergency department now." in page
    assert "Your answer was not stored" in page
    assert clinic.phone in page


def test_to_a_stranger_no_sign_of_the_plan_is_told(shared: Client, wife: CheckIn, clinic: Clinic) -> None:
    shared.get(link_of(wife))
    page = shared.post("/check-in/", FLAG).content.decode()
    assert "You answered yes to a sign that cannot wait." in page
    assert "Numbness" not in page
    assert clinic.phone in page
    assert "Your answer was not stored" in Client().post("/check-in/", FLAG).content.decode()


def test_a_form_that_is_too_old_names_its_signs(
    shared: Client, wife: CheckIn, clock: time_machine.Coordinates
) -> None:
    tab = let_in(shared, wife, "1981")
    clock.shift(LIFE + timedelta(minutes=1))
    page = Client().post("/check-in/", FLAG | tab).content.decode()
    assert "Numbness around the genitals or back passage" in page
    assert "Your answer was not stored" in page
    assert not Answer.objects.exists()


def test_a_form_check_that_fails_names_its_signs(shared: Client, wife: CheckIn) -> None:
    shared.handler.enforce_csrf_checks = False
    tab = let_in(shared, wife, "1981")
    shared.handler.enforce_csrf_checks = True
    response = shared.post("/check-in/", FLAG | tab)
    page = response.content.decode()
    assert response.status_code == 403
    assert "Go to an emergency department now." in page
    assert "Your answer was not stored" in page
    calm = shared.post("/check-in/", CALM | tab).content.decode()
    assert "Get help now" not in calm


def test_a_device_that_was_forgotten_loses_no_red_flag(shared: Client, wife: CheckIn) -> None:
    tab = let_in(shared, wife, "1981")
    del shared.cookies["device"]

    response = shared.post("/check-in/", FLAG | tab)

    page = response.content.decode()
    assert Alert.objects.get().patient_id == wife.patient_id
    assert "Get help now" in page
    assert "an e-mail to your clinician is on its way" in page
    assert shared.get("/check-in/")["Location"] == "/check-in/confirm/"


def test_a_device_that_was_forgotten_stores_no_half_form_in_silence(shared: Client, wife: CheckIn) -> None:
    tab = let_in(shared, wife, "1981")
    del shared.cookies["device"]
    response = shared.post("/check-in/", {"pain_now": "3"} | tab)
    assert response.status_code == 400
    assert "Your answers were not sent" in response.content.decode()
    assert not Answer.objects.exists()
