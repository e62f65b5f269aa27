from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.checkins.models import Alert
from careplans.library.models import ComponentVersion, RedFlag, ReviewState
from careplans.outbox.models import Message
from patients.models import Patient
from tests.factories import NOW
from tests.make.checkins import ask_next, make_answer
from tests.make.plans import make_library
from tests.make.worklist import (
    CANARIES,
    colleague,
    make_alerted,
    make_busy,
    make_open_draft,
    make_red_flag,
    make_running,
    make_taken_on,
    make_to_phone,
    make_undelivered,
)

TWO_DAYS_LATER = NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(TWO_DAYS_LATER, tick=False):
        yield


@pytest.fixture
def staff_client(clinician: User) -> Client:
    client = Client()
    client.force_login(clinician)
    return client


def text_of(client: Client, address: str = "/worklist/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.CLINICIAN, "worklist"),
        (Role.FRONT_DESK, "worklist"),
        (Role.EDITOR, "library"),
        (Role.REVIEWER, "library"),
        (Role.ADMINISTRATOR, "staff-list"),
    ],
)
def test_the_bare_address_leads_each_role_to_its_first_page(
    client_of: Callable[..., Client], role: Role, first: str
) -> None:
    """Also whoever has no worklist: typing the address must not end at "not open to you"."""
    client = client_of(role)
    assert client.get("/").url == reverse(first)
    assert client.get(reverse(first)).status_code == 200


def test_anonymous_is_sent_to_the_sign_in(client: Client, db: None) -> None:
    assert client.get("/worklist/").status_code == 302


def test_content_editors_have_no_worklist(client_of: Callable[..., Client]) -> None:
    assert client_of(Role.EDITOR).get("/worklist/").status_code == 403


def test_an_empty_worklist_is_a_good_day(staff_client: Client) -> None:
    assert "A good day" in text_of(staff_client)


def test_a_red_flag_stands_on_top_with_its_causes_and_owner(
    staff_client: Client, clinic: Clinic, clinician: User
) -> None:
    make_library(clinic)
    make_alerted(clinic, clinician, pain_now=8)
    alert = make_red_flag(clinic, clinician)
    page = text_of(staff_client)
    assert page.index("Red flags") < page.index("Pain 8 of 10")
    assert f"/alerts/{alert.pk}/" in page
    assert "Saddle" in page


def test_a_red_flag_is_called_what_it_was_published_as(
    staff_client: Client, clinic: Clinic, clinician: User
) -> None:
    make_library(clinic)
    make_red_flag(clinic, clinician)
    RedFlag.objects.filter(clinic=clinic).update(state=ReviewState.RETIRED, clinician_label="Another name")
    assert "Saddle anaesthesia" in text_of(staff_client)


def test_the_red_flags_of_others_are_in_everybodys_list_and_counted_honestly(
    staff_client: Client, clinic: Clinic
) -> None:
    alert = make_red_flag(clinic, colleague(clinic))
    page = text_of(staff_client)
    assert f"/alerts/{alert.pk}/" in page
    assert "Dr Ben Osei" in page
    assert "1 is with somebody else" in page


def test_the_number_of_who_has_to_be_phoned_dials(staff_client: Client, clinic: Clinic) -> None:
    make_red_flag(clinic, colleague(clinic))
    assert 'href="tel:+442079460999"' in text_of(staff_client)


def test_other_alerts_of_others_are_in_the_clinics_list_only(staff_client: Client, clinic: Clinic) -> None:
    alert = make_alerted(clinic, colleague(clinic), pain_now=8)
    assert f"/alerts/{alert.pk}/" not in text_of(staff_client)
    assert f"/alerts/{alert.pk}/" in text_of(staff_client, "/worklist/?whose=clinic")


def test_alerts_stand_by_tier_then_age(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    call = make_alerted(clinic, clinician, wants_call=True)
    younger = make_alerted(clinic, clinician, pain_now=8)
    older = make_alerted(clinic, clinician, pain_now=9)
    Alert.objects.filter(pk=older.pk).update(raised_at=older.raised_at - timedelta(hours=5))
    page = text_of(staff_client)
    places = [page.index(f"/alerts/{alert.pk}/") for alert in (older, younger, call)]
    assert places == sorted(places)


def test_alerts_of_one_patient_share_a_row(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    alert = make_alerted(clinic, clinician, pain_now=8, wants_call=True)
    again = ask_next(alert.plan)
    make_answer(again, pain_now=9)
    page = text_of(staff_client)
    assert page.count(alert.patient.full_name) == 1
    assert "2 times since" in page
    assert "Wants a call" in page


def test_what_somebody_took_on_stays_until_it_is_resolved(
    staff_client: Client, clinic: Clinic, clinician: User
) -> None:
    make_taken_on(clinic, clinician)
    page = text_of(staff_client)
    assert "Taken on, not resolved yet" in page
    assert "Called back at noon." in page


def test_whom_to_phone(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    check_in = make_to_phone(clinic, clinician)
    page = text_of(staff_client)
    assert f"/check-ins/{check_in.pk}/phone/" in page
    assert check_in.patient.phone in page
    assert "due 1 day ago" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Message.State.FAILED, "Could not be sent"),
        (Message.State.UNKNOWN, "Outcome unknown"),
        (Message.State.EXPIRED, "Too late, not sent"),
    ],
)
def test_mail_that_did_not_arrive_is_called_what_it_is(
    staff_client: Client, clinic: Clinic, clinician: User, state: str, words: str
) -> None:
    message = make_undelivered(clinic, clinician, state=state)
    page = text_of(staff_client)
    assert words in page
    assert f"/messages/{message.pk}/" in page


def test_a_patient_whom_a_later_mail_reached_is_no_work(
    staff_client: Client, clinic: Clinic, clinician: User
) -> None:
    make_undelivered(clinic, clinician, state=Message.State.SENT)
    assert "Not reached by e-mail" not in text_of(staff_client)


def test_a_refused_address_of_a_patient_in_treatment(
    staff_client: Client, clinic: Clinic, clinician: User
) -> None:
    plan = make_running(clinic, clinician)
    Patient.objects.filter(pk=plan.patient_id).update(email_state=Patient.EmailState.BOUNCED)
    assert "E-mail was refused" in text_of(staff_client)


def test_drafts_of_ones_own(staff_client: Client, clinic: Clinic, clinician: User) -> None:
    mine, other = make_open_draft(clinic, clinician), make_open_draft(clinic, colleague(clinic))
    page = text_of(staff_client)
    assert f"/plans/{mine.pk}/build/" in page
    assert f"/plans/{other.pk}/build/" not in page


def test_plans_that_end_within_a_week_or_have_ended(
    staff_client: Client, clinic: Clinic, clinician: User
) -> None:
    soon, over, later = (make_running(clinic, clinician, ends_in=days) for days in (6, -3, 30))
    page = text_of(staff_client)
    assert f"ending-{soon.pk}" in page
    assert page.index(f"ending-{over.pk}") < page.index(f"ending-{soon.pk}")
    assert f"ending-{later.pk}" not in page


def test_content_whose_review_is_due(staff_client: Client, clinic: Clinic) -> None:
    make_library(clinic)
    due = ComponentVersion.objects.filter(component__clinic=clinic, component__code="ex-pelvic-tilt")
    due.update(review_due_on=NOW.date())
    page = text_of(staff_client)
    assert "ex-pelvic-tilt" in page
    assert f"/library/components/{due.get().component_id}/" in page


def test_another_clinics_rows_never_appear(staff_client: Client, other_clinic: Clinic) -> None:
    make_busy(other_clinic, colleague(other_clinic), times=1)
    assert "A good day" in text_of(staff_client, "/worklist/?whose=clinic")


def test_the_front_desk_sees_calls_and_mail_and_nothing_clinical(
    client_of: Callable[..., Client], clinic: Clinic, clinician: User
) -> None:
    make_library(clinic)
    make_busy(clinic, clinician, times=1)
    make_running(clinic, clinician, ends_in=2, title="Canary title")
    page = text_of(client_of(Role.FRONT_DESK))
    assert "To phone" in page
    assert "Not reached by e-mail" in page
    assert not [words for words in (*CANARIES, "Red flag", "/alerts/", "/plans/", "/phone/") if words in page]


def test_the_page_asks_for_its_sections_alone_without_counting_as_somebody_there(
    staff_client: Client,
) -> None:
    assert "X-Unattended" in text_of(staff_client)
    fragment = staff_client.get("/worklist/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="worklist"' in fragment
    assert "<html" not in fragment


def test_at_most_ten_queries_whatever_the_rows(
    staff_client: Client, clinic: Clinic, clinician: User, django_assert_max_num_queries: Any
) -> None:
    make_busy(clinic, clinician, times=2)
    text_of(staff_client)
    with django_assert_max_num_queries(10) as few:
        text_of(staff_client)
    make_busy(clinic, clinician, times=8)
    with django_assert_max_num_queries(10) as many:
        text_of(staff_client)
    assert queries(few) == queries(many)


def queries(captured: CaptureQueriesContext) -> int:
    return len(captured)


def test_a_long_section_is_cut_and_shown_whole_on_request(
    staff_client: Client, clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("careplans.worklist.selectors.SHOWN", 2)
    for _number in range(3):
        make_to_phone(clinic, clinician)
    page = text_of(staff_client)
    assert "Show all 3" in page
    assert page.count('id="call-') == 2
    assert text_of(staff_client, "/worklist/?all=calls").count('id="call-') == 3


def test_red_flags_are_never_cut(
    staff_client: Client, clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("careplans.worklist.selectors.SHOWN", 1)
    for _number in range(3):
        make_red_flag(clinic, clinician)
    assert text_of(staff_client).count('id="alert-') == 3
