"""Patients' links end, and an ended one offers another by mail, without telling whether anybody is behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.checkins.link_ends import has_check_in_link_ended, has_plan_link_ended
from careplans.checkins.models import Alert, CheckIn
from careplans.core.tokens import derive_token
from careplans.outbox.models import Message
from careplans.plans.models import PlanVersion
from patients.models import Patient
from tests.factories import NOW
from tests.make.checkins import Phone, form_of, link_of, make_answer, make_asked, make_scheduled, moment_of
from tests.make.documents import make_plan, make_version

DAY = timedelta(days=1)
CALM = {"flag_saddle_numbness": "no", "flag_leg_weakness": "no", "pain_now": "3", "pain_worst": "5"}
NO_CONSENT = {"email_consent_at": None, "email_consent_by": None}
ENDED = "This link cannot be used any more"


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician)


@pytest.fixture(autouse=True)
def clock(check_in: CheckIn) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(moment_of(check_in), tick=False) as clock:
        yield clock


def asked_for(client: Client, path: str = "/check-in/") -> Any:
    """Press the button of the page of an ended link."""
    page = client.get(path).content.decode()
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert ENDED in page
    assert found
    return client.post("/check-in/new-link/", {"form": found[1]})


def sent() -> list[Message]:
    return list(Message.objects.filter(kind=Message.Kind.NEW_LINK))


# --- When ------------------------------------------------------------------------------------------------------


def test_a_check_in_link_stays_a_week() -> None:
    for settled_at, end in ((None, NOW + 7 * DAY), (NOW - 2 * DAY, NOW + 5 * DAY)):
        for now, is_over in ((end - timedelta(seconds=1), False), (end, True)):
            assert has_check_in_link_ended(closes_at=NOW, settled_at=settled_at, now=now) is is_over


def test_a_plan_link_stays_thirty_days() -> None:
    last = date(2026, 3, 20)
    assert not has_plan_link_ended(ends_on=last, ended_on=None, today=last + 30 * DAY)
    assert has_plan_link_ended(ends_on=last, ended_on=None, today=last + 31 * DAY)
    assert has_plan_link_ended(ends_on=last, ended_on=last - 10 * DAY, today=last + 21 * DAY)


def test_an_answer_is_shown_for_a_week(check_in: CheckIn, clock: time_machine.Coordinates) -> None:
    phone = Phone(check_in).open_link()
    make_answer(check_in, red_flags={"leg_weakness": True})
    clock.shift(6 * DAY)
    assert "Call your clinic today" in phone.get("/check-in/thanks/").content.decode()
    clock.shift(2 * DAY)
    for path in ("/check-in/", "/check-in/thanks/", "/check-in/confirm/", "/check-in/more/"):
        response = phone.get(path)
        assert response.status_code == 404, path
        assert ENDED in response.content.decode(), path
    assert phone.post("/check-in/confirm/", {"year": "1980"}).status_code == 404


def test_a_red_flag_in_an_old_tab_counts_though_the_link_has_ended(
    check_in: CheckIn, clock: time_machine.Coordinates
) -> None:
    phone = Phone(check_in).open_link()
    make_answer(check_in)
    clock.shift(10 * DAY)
    page = phone.post("/check-in/", CALM | {"flag_saddle_numbness": "yes"}).content.decode()
    assert "Get help now" in page
    assert Alert.objects.get().causes == ["saddle_numbness"]


def test_the_code_of_a_handout_ends_with_its_plan(
    clinic: Clinic, clinician: User, clock: time_machine.Coordinates
) -> None:
    version = make_scheduled(clinic, clinician)
    client, code = Client(), f"/p/{derive_token(version.link_nonce, purpose='plan')}/"
    clock.move_to(NOW + 40 * DAY)
    client.get(code)
    client.post("/my-plan/confirm/", {"year": "1980"})
    assert client.get("/my-plan/").status_code == 200
    clock.move_to(NOW + 46 * DAY)
    client.get(code)
    for path in ("/my-plan/", "/my-plan/confirm/"):
        response = client.get(path)
        assert response.status_code == 404
        assert ENDED in response.content.decode()
        assert clinic.phone in response.content.decode()


# --- Another one -----------------------------------------------------------------------------------------------


@pytest.fixture
def ended(check_in: CheckIn, clock: time_machine.Coordinates) -> Client:
    """A stranger with a link that ended a day ago, while the plan still runs."""
    make_answer(check_in)
    clock.shift(8 * DAY)
    client = Client()
    client.get(link_of(check_in))
    return client


def test_goes_to_the_address_on_record(ended: Client, check_in: CheckIn) -> None:
    response = asked_for(ended)

    assert response.status_code == 200
    (mail,) = sent()
    patient = check_in.patient
    assert (mail.to_address, mail.patient_id, mail.link_nonce) == (
        patient.email,
        patient.pk,
        check_in.version.link_nonce,
    )
    assert AuditEvent.objects.filter(action="patient.new_link_sent", patient_id=patient.pk).count() == 1
    for canary in (patient.email, patient.given_name, patient.family_name, "1980"):
        assert canary not in response.content.decode()
        assert canary not in mail.subject + mail.text


def test_what_it_brings_opens(ended: Client) -> None:
    asked_for(ended)
    (mail,) = sent()
    client = Client()
    client.get(f"{mail.link_path}{derive_token(mail.link_nonce, purpose=mail.link_purpose)}/")
    client.post("/my-plan/confirm/", {"year": "1980"})
    assert client.get("/my-plan/").status_code == 200


def test_opening_the_page_sends_nothing(ended: Client) -> None:
    ended.get("/check-in/")
    assert ended.get("/check-in/new-link/").status_code == 405
    assert not sent()


def test_seldom_and_once_a_double_click(ended: Client, clock: time_machine.Coordinates) -> None:
    for _click in range(2):
        asked_for(ended)
    assert len(sent()) == 1
    for _hour in range(6):
        clock.shift(timedelta(hours=1))
        asked_for(ended)
    assert len(sent()) == 3
    clock.shift(DAY)
    asked_for(ended)
    assert len(sent()) == 4


@pytest.mark.parametrize("without", [NO_CONSENT, {"email_state": "bounced"}, NO_CONSENT | {"email": ""}])
def test_without_consent_or_address_none_goes_and_the_page_is_the_same(
    ended: Client, without: dict[str, Any]
) -> None:
    said = asked_for(ended).content
    Message.objects.filter(kind=Message.Kind.NEW_LINK).delete()
    Patient.objects.update(**without)
    assert asked_for(ended).content == said
    assert not sent()


def test_for_a_link_nobody_knows_the_page_is_the_same(db: None) -> None:
    client = Client()
    client.get("/c/nothing-like-a-token/")
    page = asked_for(client).content.decode()
    assert "the new link is on its way" in page
    assert "the new link is on its way" in client.post("/check-in/new-link/", {}).content.decode()
    assert not sent()


def test_no_link_to_a_plan_that_has_ended(ended: Client, check_in: CheckIn) -> None:
    type(check_in.plan).objects.update(state="completed", ended_at=NOW)
    asked_for(ended)
    assert not sent()


def test_leads_to_the_plan_that_took_its_place(ended: Client, check_in: CheckIn, clinician: User) -> None:
    type(check_in.plan).objects.update(state="completed", ended_at=NOW)
    newer: PlanVersion = make_version(make_plan(check_in.patient, clinician), now=NOW + DAY)
    asked_for(ended)
    assert sent()[0].link_nonce == newer.link_nonce


def test_the_name_of_another_form_is_no_key_to_it(ended: Client, check_in: CheckIn) -> None:
    ended.post("/check-in/new-link/", form_of(check_in))
    assert not sent()
