"""The patient's check-in pages, as a phone without JavaScript sees them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.test.utils import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.checkins.models import Addition, Alert, Answer, CheckIn, ConfirmationTry
from careplans.checkins.tiers import Tier
from careplans.outbox.models import Message
from tests.make.checkins import Phone, ask_next, form_of, link_of, make_answer, make_asked, moment_of
from tests.make.outbox import shared_database

NO_FLAGS = {"flag_saddle_numbness": "no", "flag_leg_weakness": "no"}
FIRST = NO_FLAGS | {"pain_now": "0", "pain_worst": "3"}
MORE = {"function": "7", "spasm_frequency": "none", "wants_call": "no"}


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician)


@pytest.fixture
def clock(check_in: CheckIn) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(moment_of(check_in), tick=False) as clock:
        yield clock


@pytest.fixture
def stranger(check_in: CheckIn, clock: object) -> Client:
    """Whoever opened the link, not confirmed yet."""
    client = Phone(check_in)
    client.get(link_of(check_in))
    return client


@pytest.fixture
def patient(stranger: Client) -> Client:
    assert stranger.post("/check-in/confirm/", {"year": "1980"})["Location"] == "/check-in/"
    return stranger


def stored(check_in: CheckIn) -> dict[str, Any]:
    """Everything a request could have changed."""
    check_in.refresh_from_db()
    return {
        "check_in": CheckIn.objects.values().get(pk=check_in.pk),
        "answers": Answer.objects.count(),
        "alerts": Alert.objects.count(),
        "messages": Message.objects.count(),
        "audit": AuditEvent.objects.count(),
        "tries": ConfirmationTry.objects.count(),
    }


# --- The whole way ---------------------------------------------------------------------------------------------


def test_link_year_two_pages_thanks(check_in: CheckIn, clock: object) -> None:
    client = Phone(check_in)
    response = client.get(link_of(check_in))
    assert (response.status_code, response["Location"]) == (302, "/check-in/")
    assert client.get("/check-in/")["Location"] == "/check-in/confirm/"
    client.post("/check-in/confirm/", {"year": "1980"})
    assert client.post("/check-in/", FIRST)["Location"] == "/check-in/more/"
    done = {"done_ex-pelvic-tilt": "as_planned", "done_heat-moist": "not", "side_effects": ["dry_mouth"]}
    assert (
        client.post("/check-in/more/", MORE | done | {"comment": "Fine."})["Location"] == "/check-in/thanks/"
    )
    answer = Answer.objects.get()
    assert (answer.pain_now, answer.pain_worst, answer.function, answer.comment) == (0, 3, 7, "Fine.")
    assert dict(answer.items.values_list("component_code", "done")) == {
        "ex-pelvic-tilt": "as_planned",
        "heat-moist": "not",
    }
    assert list(Alert.objects.values_list("tier", flat=True)) == [Tier.SIDE_EFFECT]
    thanks = client.get("/check-in/thanks/").content.decode()
    assert "We received your answers at 10:00" in thanks
    assert "Get help now" not in thanks


def test_the_questions_belong_to_the_plan(patient: Client) -> None:
    patient.post("/check-in/", FIRST)
    page = patient.get("/check-in/more/").content.decode()
    assert "Pelvic tilt" in page
    assert "Dry mouth" in page  # a sedating medicine is in the phase
    assert "after heat or cold" in page
    assert "Walking" not in page  # belongs to the next phase
    assert "Stomach" not in page


def test_how_often_and_what_got_in_the_way(patient: Client) -> None:
    patient.post("/check-in/", FIRST)
    page = patient.get("/check-in/more/").content.decode()
    assert "How often did you do this: Pelvic tilt?" in page
    assert "what got in the way?" in page
    said = {"done_ex-pelvic-tilt": "most", "barriers": ["no_time", "fear"]}
    patient.post("/check-in/more/", MORE | said)
    answer = Answer.objects.get()
    assert answer.barriers == ["fear", "no_time"]
    assert answer.items.get().done == "most"
    assert not Alert.objects.exists()


def test_nobody_must_say_what_got_in_the_way(patient: Client) -> None:
    patient.post("/check-in/", FIRST)
    assert patient.post("/check-in/more/", MORE)["Location"] == "/check-in/thanks/"
    assert Answer.objects.get().barriers == []


def test_red_flag_says_what_to_do_and_what_the_clinic_knows(patient: Client) -> None:
    response = patient.post("/check-in/", FIRST | {"flag_saddle_numbness": "yes"})
    assert response["Location"] == "/check-in/thanks/"
    page = patient.get("/check-in/thanks/").content.decode()
    assert "Get help now" in page
    assert "Go to an emergency department now." in page
    assert 'href="tel:999"' in page
    assert "an e-mail to your clinician is on its way" in page
    assert "Answer the other questions" in page
    assert patient.post("/check-in/more/", MORE)["Location"] == "/check-in/thanks/"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("sent", "an e-mail was sent to your clinician"),
        ("failed", "no e-mail could be sent to your clinician"),
        ("unknown", "we do not know whether it arrived"),
        ("kept", "no e-mail could be sent to your clinician"),
    ],
)
def test_what_is_said_is_what_happened(patient: Client, state: str, sentence: str) -> None:
    patient.post("/check-in/", FIRST | {"flag_leg_weakness": "yes"})
    Message.objects.filter(kind="alert_notice").update(state=state, failure="server", try_at=None)
    page = patient.get("/check-in/thanks/").content.decode()
    assert sentence in page
    assert "Call your clinic today" in page
    assert "Get help now" not in page


def test_seen_by_somebody_is_said(patient: Client, clinician: User) -> None:
    patient.post("/check-in/", FIRST | {"flag_leg_weakness": "yes"})
    alert = Alert.objects.get()
    Alert.objects.update(
        state="acknowledged", acknowledged_at=alert.raised_at, acknowledged_by=clinician, note="On it."
    )
    assert "somebody at your clinic has seen it" in patient.get("/check-in/thanks/").content.decode()


# --- E10: a red flag behind a mistake --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rest", [{"pain_now": "99"}, {}, {"pain_now": "5", "pain_worst": "2"}, {"pain_now": "٣x"}]
)
def test_red_flag_is_stored_though_another_field_is_wrong(patient: Client, rest: dict[str, str]) -> None:
    page = patient.post("/check-in/", {"flag_saddle_numbness": "yes", **rest})
    assert page.status_code == 200
    assert "Get help now" in page.content.decode()
    assert Alert.objects.get().causes == ["saddle_numbness"]
    assert CheckIn.objects.get(answer__isnull=False).state == CheckIn.State.ASKED
    # Corrected, and the flag no longer ticked: the rest is stored, the flag stays.
    assert patient.post("/check-in/", FIRST)["Location"] in ("/check-in/thanks/", "/check-in/more/")
    assert patient.post("/check-in/more/", MORE)["Location"] == "/check-in/thanks/"
    answer = Answer.objects.get()
    assert (answer.red_flags["saddle_numbness"], answer.pain_now) == (True, 0)
    assert Alert.objects.filter(tier=Tier.RED_FLAG).count() == 1


def test_a_form_that_is_too_old_says_that_nothing_was_sent(check_in: CheckIn, clock: object) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(link_of(check_in))
    response = client.post("/check-in/", FIRST | {"flag_saddle_numbness": "yes"})
    assert response.status_code == 403
    assert "Your answers were not sent" in response.content.decode()
    assert "999" in response.content.decode()
    assert not Answer.objects.exists()


# --- B11 to B13: scanners and double clicks --------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", [{}, {"csrfmiddlewaretoken": "x"}, {"pain_now": ""}, {"flag_saddle_numbness": "no"}]
)
def test_an_untouched_form_is_refused(patient: Client, check_in: CheckIn, data: dict[str, str]) -> None:
    before = stored(check_in)
    assert patient.post("/check-in/", data).status_code == 200
    assert stored(check_in) == before
    patient.post("/check-in/", FIRST)
    assert patient.post("/check-in/more/", data).status_code == 200
    assert Answer.objects.get().completed_at is None


def test_nothing_is_chosen_beforehand(patient: Client) -> None:
    assert " checked" not in patient.get("/check-in/").content.decode()
    patient.post("/check-in/", FIRST)
    assert " checked" not in patient.get("/check-in/more/").content.decode()
    # What the patient chose is still there when they go back.
    assert patient.get("/check-in/").content.decode().count(" checked") == 4


def test_opening_changes_nothing(check_in: CheckIn, patient: Client) -> None:
    before = stored(check_in)
    for client in (Client(), patient):
        for path in (
            link_of(check_in),
            "/check-in/",
            "/check-in/confirm/",
            "/check-in/more/",
            "/check-in/thanks/",
        ):
            for method in ("get", "head", "options"):
                assert getattr(client, method)(path).status_code in (200, 302, 404, 405)
    assert stored(check_in) == before


def test_sent_twice_is_stored_once(patient: Client) -> None:
    patient.post("/check-in/", FIRST)
    patient.post("/check-in/more/", MORE)
    assert patient.post("/check-in/more/", MORE | {"function": "1"})["Location"] == "/check-in/thanks/?again"
    assert patient.post("/check-in/", FIRST)["Location"] == "/check-in/thanks/?again"
    assert "received your answers already" in patient.get("/check-in/thanks/?again").content.decode()
    assert Answer.objects.get().function == 7


@contextmanager
def shared_with_threads(folder: Path) -> Iterator[None]:
    """Let the connections of other threads reach the rows of this test, on SQLite through a file."""
    own = connection.settings_dict["NAME"]
    with shared_database(folder) as name:
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.settings_dict["NAME"] = own


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_are_one_answer(clinic: Clinic, clinician: User, tmp_path: Path) -> None:
    check_in = make_asked(clinic, clinician)
    with time_machine.travel(moment_of(check_in), tick=True):
        client = Phone(check_in).open_link()
        client.post("/check-in/", FIRST | {"flag_leg_weakness": "yes", "pain_now": "9", "pain_worst": "9"})

        def click(_number: int) -> str:
            own = Phone(check_in)
            own.cookies = client.cookies.copy()
            try:
                return str(own.post("/check-in/more/", MORE | {"wants_call": "yes"})["Location"])
            finally:
                connections.close_all()

        with shared_with_threads(tmp_path), ThreadPoolExecutor(10) as pool:
            locations = list(pool.map(click, range(10)))
    assert sorted(set(locations)) == ["/check-in/thanks/", "/check-in/thanks/?again"]
    assert locations.count("/check-in/thanks/") == 1
    assert Answer.objects.count() == 1
    assert sorted(Alert.objects.values_list("tier", flat=True)) == [
        Tier.RED_FLAG,
        Tier.THRESHOLD,
        Tier.WANTS_CALL,
    ]


@pytest.mark.django_db(transaction=True)
def test_ten_late_red_flags_at_once_are_one_addition(clinic: Clinic, clinician: User, tmp_path: Path) -> None:
    check_in = make_asked(clinic, clinician)
    with time_machine.travel(moment_of(check_in), tick=True):
        client = Phone(check_in).open_link()
        make_answer(check_in)

        def click(_number: int) -> str:
            own = Phone(check_in)
            own.cookies = client.cookies.copy()
            try:
                return str(own.post("/check-in/", FIRST | {"flag_leg_weakness": "yes"})["Location"])
            finally:
                connections.close_all()

        with shared_with_threads(tmp_path), ThreadPoolExecutor(10) as pool:
            locations = list(pool.map(click, range(10)))
    assert locations.count("/check-in/thanks/") == 1
    assert (Addition.objects.count(), Alert.objects.get().times_raised) == (1, 1)
    assert Message.objects.filter(kind=Message.Kind.ALERT_NOTICE).count() == 1


# --- D5 to D7: what a link gives away --------------------------------------------------------------------------


def test_nothing_about_the_patient_before_the_year(check_in: CheckIn, stranger: Client) -> None:
    rows = CheckIn.objects.select_related("patient", "plan__episode", "plan__owner", "version")
    row = rows.get(pk=check_in.pk)
    document = row.version.document
    canaries = {
        row.patient.given_name,
        row.patient.family_name,
        row.patient.record_number,
        row.patient.email,
        row.patient.phone,
        "1980",
        row.plan.title,
        row.plan.episode.diagnosis,
        row.plan.owner.name,
        *(item.title for item in document.items),
        *(flag.question for flag in document.red_flags),
        *(phase.name for phase in document.phases),
    }
    for path in ("/check-in/", "/check-in/confirm/", "/check-in/more/", "/check-in/thanks/"):
        page = stranger.get(path, follow=True).content.decode()
        assert not [canary for canary in canaries if canary in page], path


def test_no_cache_no_referrer_and_no_token_in_pages(check_in: CheckIn, patient: Client) -> None:
    token = link_of(check_in).split("/")[2]
    for path in ("/check-in/", "/check-in/confirm/", link_of(check_in)):
        response = patient.get(path)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == ("no-referrer" if "/c/" in path else "same-origin")
        assert token not in response.content.decode()
    cookie = patient.cookies["check-in"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert token not in cookie.value


def test_cookies_of_an_https_site_are_bound_to_it(check_in: CheckIn, clock: object) -> None:
    with override_settings(IS_HTTPS=True):
        cookies = Client().get(link_of(check_in), secure=True).cookies
    assert cookies["__Host-check-in"]["secure"]


def test_a_forged_cookie_opens_nothing(check_in: CheckIn, clock: object) -> None:
    client = Client()
    client.cookies["check-in"] = f"{check_in.pk}:1abc:forged"
    client.cookies["device"] = f"{check_in.patient_id}:1abc:forged"
    assert client.get("/check-in/").status_code == 404


def test_the_device_is_remembered_for_this_patient_only(
    patient: Client, check_in: CheckIn, clinic: Clinic, clinician: User
) -> None:
    other = make_asked(clinic, clinician)
    patient.get(link_of(other))
    assert patient.get("/check-in/")["Location"] == "/check-in/confirm/"
    patient.get(link_of(check_in))
    assert patient.get("/check-in/").status_code == 200


# --- E11: old links --------------------------------------------------------------------------------------------


def test_unknown_expired_and_used_links_still_help(
    check_in: CheckIn, clinic: Clinic, clock: time_machine.Coordinates
) -> None:
    make_answer(check_in)
    used = Client()
    assert used.get(link_of(check_in))["Location"] == "/check-in/"
    unknown = Client()
    assert unknown.get("/c/nothing-like-a-token/")["Location"] == "/check-in/"
    pages = [client.get("/check-in/") for client in (used, unknown)]
    assert [page.status_code for page in pages] == [404, 404]
    assert all("This link cannot be used any more" in page.content.decode() for page in pages)
    assert all("emergency" in page.content.decode() for page in pages)
    assert clinic.phone in pages[0].content.decode()
    assert clinic.phone not in pages[1].content.decode()


def test_expired_while_the_page_was_open(
    patient: Client, check_in: CheckIn, clock: time_machine.Coordinates
) -> None:
    clock.move_to(check_in.closes_at + timedelta(minutes=1))
    response = patient.post("/check-in/", FIRST)
    assert response.status_code == 409
    assert "Nothing of what you wrote just now was stored" in response.content.decode()
    assert "999" in response.content.decode()
    assert not Answer.objects.exists()


def test_a_replaced_link_leads_to_the_newest_questions(
    check_in: CheckIn, clock: time_machine.Coordinates
) -> None:
    newer = ask_next(check_in.plan)
    clock.move_to(moment_of(newer))
    client = Phone(newer).open_link(check_in)
    assert form_of(newer)["form"] in client.get("/check-in/").content.decode()
    client.post("/check-in/", FIRST)
    assert Answer.objects.get().check_in == newer


def test_the_second_page_needs_the_first(patient: Client) -> None:
    assert patient.get("/check-in/more/")["Location"] == "/check-in/"
    assert patient.get("/check-in/thanks/")["Location"] == "/check-in/"


def test_an_old_link_cookie_is_dropped_by_a_wrong_link(patient: Client) -> None:
    patient.get("/c/wrong/")
    assert patient.get("/check-in/").status_code == 404


# --- Bad input -------------------------------------------------------------------------------------------------

texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["\x00", "\ud800", "NaN", "1e309", "9" * 400, "٣", "\u202eabc", "a\r\nBcc: x", "yes", "no", "5", "-1"]
    ),
)
names = st.sampled_from(
    [*FIRST, *MORE, "comment", "side_effects", "done_ex-pelvic-tilt", "year", "flag_x", "done_"]
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/check-in/", "/check-in/more/", "/check-in/confirm/"]),
    data=st.dictionaries(names, texts),
)
def test_whatever_is_sent_is_answered(patient: Client, path: str, data: dict[str, str]) -> None:
    body = {name: value.encode("utf-8", "replace").decode() for name, value in data.items()}
    assert patient.post(path, body).status_code < 500


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
    ),
)
def test_whatever_bytes_are_answered(patient: Client, body: bytes, kind: str) -> None:
    assert patient.generic("POST", "/check-in/", body, content_type=kind).status_code < 500


@pytest.mark.parametrize("token", ["%00", "a" * 3000, "%ff", "..", "é"])
def test_any_token_is_answered(db: None, token: str) -> None:
    assert Client().get(f"/c/{token}/").status_code in (302, 400, 404)


def test_a_huge_body_is_refused(patient: Client) -> None:
    assert patient.post("/check-in/", FIRST | {"comment": "x" * 1_100_000}).status_code in (200, 302, 400)
    patient.post("/check-in/", FIRST)
    page = patient.post("/check-in/more/", MORE | {"comment": "x" * 5000})
    assert page.status_code == 200
    assert "2000" in page.content.decode()
