"""A red flag that comes late, twice or from another tab: recorded and raised, or said not to be. Never just "thank you"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.checkins.alerts import acknowledge_alert
from careplans.checkins.ask import ask_due
from careplans.checkins.close import close_missed
from careplans.checkins.models import Addition, Alert, Answer, CheckIn
from careplans.checkins.schedule import cancel_check_ins
from careplans.checkins.tiers import Tier
from careplans.outbox.models import Message
from tests.make.checkins import Phone, ask_next, make_answer, make_asked, moment_of

CALM = {"flag_saddle_numbness": "no", "flag_leg_weakness": "no", "pain_now": "3", "pain_worst": "5"}
FLAG = CALM | {"flag_saddle_numbness": "yes", "pain_now": "6", "pain_worst": "6"}
MORE = {"function": "7", "spasm_frequency": "none", "wants_call": "no"}


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician)


@pytest.fixture(autouse=True)
def clock(check_in: CheckIn) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(moment_of(check_in), tick=False) as clock:
        yield clock


@pytest.fixture
def phone(check_in: CheckIn) -> Phone:
    return Phone(check_in).open_link()


@pytest.fixture
def answered(phone: Phone) -> Phone:
    """Another tab has finished with all "no"; the first page is still open in this one."""
    phone.post("/check-in/", CALM)
    phone.post("/check-in/more/", MORE)
    return phone


def notices() -> int:
    return Message.objects.filter(kind=Message.Kind.ALERT_NOTICE).count()


def test_after_the_answer_it_is_added_and_raised(answered: Phone, clinician: User) -> None:
    response = answered.post("/check-in/", FLAG)

    assert response["Location"] == "/check-in/thanks/"
    page = answered.get("/check-in/thanks/").content.decode()
    assert "Get help now" in page
    assert "Go to an emergency department now." in page
    assert "was added to them at 10:00" in page
    alert = Alert.objects.get()
    assert (alert.tier, alert.causes, alert.owner) == (Tier.RED_FLAG, ["saddle_numbness"], clinician)
    assert notices() == 1
    addition = Addition.objects.get()
    assert (addition.red_flags, addition.pain_now) == (["saddle_numbness"], 6)
    assert AuditEvent.objects.filter(action="check_in.added_to").count() == 1


def test_what_the_answer_said_stays(answered: Phone) -> None:
    before = Answer.objects.values().get()
    answered.post("/check-in/", FLAG)
    after = Answer.objects.values().get()
    assert after == before | {"added_flags": ["saddle_numbness"]}
    assert Answer.objects.get().raised_flags == ["saddle_numbness"]


def test_the_same_again_doubles_nothing(answered: Phone) -> None:
    answered.post("/check-in/", FLAG)
    page = answered.post("/check-in/", FLAG, follow=True).content.decode()
    assert "Get help now" in page
    assert (Addition.objects.count(), Alert.objects.get().times_raised, notices()) == (1, 1, 1)


def test_another_flag_opens_the_alert_again(answered: Phone, clinician: User) -> None:
    answered.post("/check-in/", FLAG)
    acknowledge_alert(
        alert=Alert.objects.get(), note="Calling.", by=clinician, now=Alert.objects.get().raised_at
    )
    answered.post("/check-in/", CALM | {"flag_leg_weakness": "yes"})
    alert = Alert.objects.get()
    assert (alert.state, alert.causes) == (Alert.State.OPEN, ["saddle_numbness", "leg_weakness"])


@pytest.mark.parametrize("rest", [{}, {"pain_now": "99"}])
def test_a_mistake_beside_it_does_not_keep_it_back(answered: Phone, rest: dict[str, str]) -> None:
    response = answered.post("/check-in/", {"flag_saddle_numbness": "yes"} | rest)
    assert response["Location"] == "/check-in/thanks/"
    assert Alert.objects.get().causes == ["saddle_numbness"]


def test_it_rolls_back_whole(answered: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**fields: Any) -> None:
        raise OSError

    monkeypatch.setattr("careplans.checkins.answer.record_change", fail)
    answered.raise_request_exception = False
    page = answered.post("/check-in/", FLAG)
    assert page.status_code == 500
    assert "it may not have been stored" in page.content.decode()
    assert not Addition.objects.exists()
    assert not Alert.objects.exists()
    assert Answer.objects.get().added_flags == []


def test_on_a_device_that_was_forgotten_it_is_added_too(answered: Phone) -> None:
    del answered.cookies["device"]
    page = answered.post("/check-in/", FLAG).content.decode()
    assert "Get help now" in page
    assert Alert.objects.get().causes == ["saddle_numbness"]


@pytest.mark.parametrize("is_closed_by_now", [False, True])
def test_after_closing_time_it_is_the_answer(
    phone: Phone, check_in: CheckIn, clock: time_machine.Coordinates, is_closed_by_now: bool
) -> None:
    clock.move_to(check_in.closes_at + timedelta(hours=1))
    if is_closed_by_now:
        close_missed(now=check_in.closes_at)

    phone.post("/check-in/", FLAG)

    page = phone.get("/check-in/thanks/").content.decode()
    assert "Get help now" in page
    assert Alert.objects.filter(tier=Tier.RED_FLAG).count() == 1
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.ANSWERED


def test_in_a_page_that_newer_questions_replaced(
    phone: Phone, check_in: CheckIn, clock: time_machine.Coordinates
) -> None:
    newer = ask_next(check_in.plan)
    clock.move_to(moment_of(newer))
    calm = phone.post("/check-in/", CALM)
    assert calm.status_code == 409
    assert "Answer the newer questions" in calm.content.decode()
    phone.post("/check-in/", FLAG)
    assert Alert.objects.get(tier=Tier.RED_FLAG).check_in == check_in
    assert "Get help now" in phone.get("/check-in/thanks/").content.decode()
    assert not Answer.objects.filter(check_in=newer).exists()


def test_after_the_plan_has_ended(phone: Phone, check_in: CheckIn, clinician: User) -> None:
    type(check_in.plan).objects.update(state="completed", ended_at=moment_of(check_in))
    cancel_check_ins(plan=check_in.plan, by=clinician, now=moment_of(check_in))

    phone.post("/check-in/", FLAG)

    assert Alert.objects.get().causes == ["saddle_numbness"]
    assert "Get help now" in phone.get("/check-in/thanks/").content.decode()


def test_staff_who_are_second_lose_no_red_flag(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    make_answer(check_in)
    client = client_of(Role.CLINICIAN)

    response = client.post(f"/check-ins/{check_in.pk}/phone/", FLAG | MORE | {"comment": "Since noon."})

    page = response.content.decode()
    alert = Alert.objects.get()
    assert alert.causes == ["saddle_numbness"]
    assert "Red flag: stored" in page
    assert f"/alerts/{alert.pk}/" in page
    assert "nothing else of this form was stored" in page
    assert "Since noon." in page
    addition = Addition.objects.get()
    assert addition.taken_by is not None
    assert addition.comment == "Since noon."


def test_staff_who_call_before_the_day_lose_none_either(
    check_in: CheckIn, client_of: Callable[..., Client]
) -> None:
    early = check_in.plan.check_ins.filter(state=CheckIn.State.SCHEDULED).first()
    assert early is not None
    response = client_of(Role.CLINICIAN).post(f"/check-ins/{early.pk}/phone/", FLAG | MORE)
    assert response["Location"] == f"/alerts/{Alert.objects.get().pk}/"
    early.refresh_from_db()
    assert early.state == CheckIn.State.ANSWERED
    ask_due(now=early.due_at)
    early.refresh_from_db()
    assert early.state == CheckIn.State.ANSWERED


def test_the_alert_shows_both_what_was_said_and_what_was_added(
    answered: Phone, client_of: Callable[..., Client]
) -> None:
    answered.post("/check-in/", FLAG)
    page = client_of(Role.CLINICIAN).get(f"/alerts/{Alert.objects.get().pk}/").content.decode()
    assert page.count("Saddle anaesthesia") >= 2
    assert "added 3 Mar, 10:00" in page
    assert "Pain now, added 3 Mar 10:00" in page
