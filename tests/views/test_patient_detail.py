from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.checkins.models import CheckIn
from careplans.plans.models import Plan
from patients.models import Patient
from patients.services import record_fact
from tests.factories import NOW
from tests.make.checkins import ask_next, make_answer, make_asked
from tests.make.outbox import make_message
from tests.make.plans import make_patient
from tests.make.worklist import CANARIES, SADDLE, make_open_draft, make_running

LATER = NOW + timedelta(days=9)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def staff_client(clinician: User) -> Client:
    client = Client()
    client.force_login(clinician)
    return client


@pytest.fixture
def patient(clinic: Clinic, clinician: User) -> Patient:
    return make_patient(clinic, clinician)


def text_of(client: Client, patient: Patient, more: str = "") -> str:
    response = client.get(f"/patients/{patient.pk}/{more}")
    assert response.status_code == 200
    return response.content.decode()


def make_history(clinic: Clinic, clinician: User, *, answers: int = 3) -> Plan:
    """A plan asked every other day, with a different answer each time."""
    check_in = make_asked(clinic, clinician, days=tuple(range(1, 1 + 2 * answers + 2, 2)))
    make_answer(check_in, pain_now=0, pain_worst=2, comment="canary comment", done={"ex-pelvic-tilt": "some"})
    for number in range(1, answers):
        make_answer(ask_next(check_in.plan), pain_now=min(number, 10))
    return check_in.plan


def test_anonymous_is_sent_to_the_sign_in(client: Client, patient: Patient) -> None:
    assert client.get(f"/patients/{patient.pk}/").status_code == 302


def test_administrators_see_no_patients(client_of: Callable[..., Client], patient: Patient) -> None:
    assert client_of(Role.ADMINISTRATOR).get(f"/patients/{patient.pk}/").status_code == 403


@pytest.mark.parametrize("more", ["", "answers/"])
def test_another_clinics_patient_is_not_found(
    client_of: Callable[..., Client], other_clinic: Clinic, patient: Patient, more: str
) -> None:
    assert client_of(Role.CLINICIAN, at=other_clinic).get(f"/patients/{patient.pk}/{more}").status_code == 404


def test_the_look_is_recorded(staff_client: Client, clinician: User, patient: Patient) -> None:
    text_of(staff_client, patient)
    look = AuditEvent.objects.get(action="patient.looked_at")
    assert (look.actor_id, look.patient_id) == (clinician.pk, patient.pk)


def test_without_an_episode_that_comes_first(staff_client: Client, patient: Patient) -> None:
    assert f"/patients/{patient.pk}/episodes/add/" in text_of(staff_client, patient)


def test_with_an_episode_a_plan_can_be_started(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    plan = make_running(clinic, clinician)
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.STOPPED, ended_at=NOW)
    page = text_of(staff_client, plan.patient)
    assert f"/patients/{plan.patient_id}/plans/new/" in page
    assert "Stopped" in page


def test_a_running_plan_is_revised(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    plan = make_running(clinic, clinician)
    page = text_of(staff_client, plan.patient)
    assert f'action="/plans/{plan.pk}/revise/"' in page
    assert f"/plans/{plan.pk}/" in page
    assert str(plan.versions.get().handout.pk) in page
    assert "Now: day 3 of 7" in page


def test_an_open_draft_is_gone_on_with(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    plan = make_open_draft(clinic, clinician)
    page = text_of(staff_client, plan.patient)
    assert f"/plans/{plan.pk}/build/" in page
    assert "Revise the plan" not in page


def test_a_plan_past_its_last_day_says_so(client: Client, clinic: Clinic, clinician: User) -> None:
    plan = make_running(clinic, clinician)
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        client.force_login(clinician)
        assert f"/plans/{plan.pk}/end/" in text_of(client, plan.patient)


def test_an_answer_reads_as_one_block_and_zero_is_a_zero(
    staff_client: Client, clinic: Clinic, clinician: User
) -> None:
    plan = make_history(clinic, clinician)
    page = text_of(staff_client, plan.patient)
    assert "canary comment" in page
    assert "Now and then:</span> Pelvic tilt" in page
    assert "2 warning signs asked about: all no" in page
    assert "0 on 3 Mar" in page
    assert page.index("7 Mar 2026") < page.index("3 Mar 2026")


def test_a_check_in_that_was_missed_is_no_zero(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician)
    CheckIn.objects.filter(pk=check_in.pk).update(state=CheckIn.State.MISSED)
    page = text_of(staff_client, check_in.patient)
    assert "not answered" in page
    assert "No answers yet." in page


def test_open_alerts_stand_above_the_plan(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician)
    make_answer(check_in, red_flags=SADDLE, pain_now=8)
    page = text_of(staff_client, check_in.patient)
    assert page.index("Saddle anaesthesia") < page.index("Pain 8 of 10") < page.index('id="plan-title"')
    assert f"/alerts/{check_in.alerts.order_by('tier')[0].pk}/" in page


def test_messages_with_their_fate(staff_client: Client, clinic: Clinic, patient: Patient) -> None:
    message = make_message(clinic, patient_id=patient.pk)
    page = text_of(staff_client, patient)
    assert f"/messages/{message.pk}/" in page
    assert "Queued" in page


def test_who_looked_and_changed(staff_client: Client, patient: Patient) -> None:
    for _number in range(3):
        text_of(staff_client, patient)
    page = text_of(staff_client, patient)
    assert page.count("looked at the overview") == 1
    assert "registered the patient" in page


def test_the_demo_can_ask_at_once(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician)
    following = check_in.plan.check_ins.filter(state=CheckIn.State.SCHEDULED).order_by("due_at")[0]
    address = f"/check-ins/{following.pk}/send-now/"
    assert address not in text_of(staff_client, check_in.patient)
    Clinic.objects.filter(pk=clinic.pk).update(is_demo=True)
    assert address in text_of(staff_client, check_in.patient)


def test_the_front_desk_sees_whom_to_reach_and_nothing_clinical(
    client_of: Callable[..., Client], clinic: Clinic, clinician: User
) -> None:
    plan = make_history(clinic, clinician)
    make_answer(ask_next(plan), red_flags=SADDLE, pain_now=8)
    record_fact(patient=plan.patient, code="allergy", detail="Latex canary", by=clinician, now=NOW)
    page = text_of(client_of(Role.FRONT_DESK), plan.patient)
    assert plan.patient.phone in page
    assert "Active plan" in page
    assert not [
        words for words in (*CANARIES, plan.title, "Red flag", "/alerts/", "/plans/") if words in page
    ]


def test_the_front_desk_may_not_read_the_answers(client_of: Callable[..., Client], patient: Patient) -> None:
    assert client_of(Role.FRONT_DESK).get(f"/patients/{patient.pk}/answers/").status_code == 403


def test_all_answers_by_pages(client: Client, clinic: Clinic, clinician: User) -> None:
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        client.force_login(clinician)
        plan = make_history(clinic, clinician, answers=24)
        assert f"/patients/{plan.patient_id}/answers/" in text_of(client, plan.patient)
        page = text_of(client, plan.patient, "answers/")
        assert "canary comment" not in page
        assert "canary comment" in text_of(client, plan.patient, "answers/?page=2")


@pytest.mark.parametrize("more", ["", "answers/"])
def test_at_most_ten_queries_whatever_the_answers(
    client: Client, clinic: Clinic, clinician: User, django_assert_max_num_queries: Any, more: str
) -> None:
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        client.force_login(clinician)
        short, long = make_history(clinic, clinician, answers=2), make_history(clinic, clinician, answers=20)
        for _number in range(12):
            make_message(clinic, patient_id=long.patient_id)
        make_answer(ask_next(long), red_flags=SADDLE, pain_now=9, side_effects=("drowsiness",))
        few_answers, many_answers = short.patient, long.patient
        text_of(client, few_answers, more)
        with django_assert_max_num_queries(10) as few:
            text_of(client, few_answers, more)
        with django_assert_max_num_queries(10) as many:
            text_of(client, many_answers, more)
    assert len(few) == len(many)
