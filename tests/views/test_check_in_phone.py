"""The check-in that staff ask on the phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.checkins.models import Alert, Answer, CheckIn
from careplans.plans.models import PlanVersion
from tests.make.checkins import make_answer, make_asked, moment_of

CALM = {
    "flag_saddle_numbness": "no",
    "flag_leg_weakness": "no",
    "pain_now": "2",
    "pain_worst": "4",
    "function": "6",
    "spasm_frequency": "some",
    "wants_call": "no",
}


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician, patient={"email": "", "has_email_consent": False})


@pytest.fixture(autouse=True)
def clock(check_in: CheckIn) -> Iterator[None]:
    with time_machine.travel(moment_of(check_in), tick=False):
        yield


def path(check_in: CheckIn) -> str:
    return f"/check-ins/{check_in.pk}/phone/"


def test_stores_what_was_heard_and_who_heard_it(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    client = client_of(Role.CLINICIAN)
    page = client.get(path(check_in)).content.decode()
    assert "Saddle anaesthesia" in page
    assert "How often did you do this: Pelvic tilt?" in page
    assert client.post(path(check_in), CALM).status_code == 302
    answer = Answer.objects.get()
    assert answer.pain_now == 2
    assert answer.taken_by is not None
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.ANSWERED


def test_leads_to_the_alert_it_raised(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    response = client_of(Role.CLINICIAN).post(path(check_in), CALM | {"flag_leg_weakness": "yes"})
    assert response["Location"] == f"/alerts/{Alert.objects.get().pk}/"


def test_a_red_flag_is_stored_though_another_field_is_wrong(
    check_in: CheckIn, client_of: Callable[..., Client]
) -> None:
    page = client_of(Role.CLINICIAN).post(
        path(check_in), CALM | {"flag_leg_weakness": "yes", "pain_now": "11"}
    )
    assert page.status_code == 200
    assert "Red flag: stored" in page.content.decode()
    assert Alert.objects.count() == 1


def test_an_empty_form_stores_nothing(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    assert client_of(Role.CLINICIAN).post(path(check_in), {}).status_code == 200
    assert not Answer.objects.exists()


def test_answered_meanwhile_is_said(check_in: CheckIn, client_of: Callable[..., Client]) -> None:
    make_answer(check_in)
    page = client_of(Role.CLINICIAN).post(path(check_in), CALM).content.decode()
    assert "This check-in has been answered already." in page


def test_who_may_not(check_in: CheckIn, client_of: Callable[..., Client], other_clinic: Clinic) -> None:
    assert Client().get(path(check_in)).status_code == 302
    assert client_of(Role.FRONT_DESK).get(path(check_in)).status_code == 403
    assert client_of(Role.CLINICIAN, at=other_clinic).post(path(check_in), CALM).status_code == 404
    assert not Answer.objects.exists()


def test_a_sign_named_in_the_workshop_is_text_and_never_markup(
    check_in: CheckIn, client_of: Callable[..., Client]
) -> None:
    version = check_in.version
    version.document_data["red_flags"][0]["clinician_label"] = "<b>Saddle</b>"
    PlanVersion.objects.filter(pk=version.pk).update(document_data=version.document_data)

    page = client_of(Role.CLINICIAN).get(path(check_in)).content.decode()

    assert "&lt;b&gt;Saddle&lt;/b&gt;" in page
    assert "<b>Saddle" not in page


def test_every_question_is_read_aloud_in_the_patients_language(
    clinic: Clinic, clinician: User, client_of: Callable[..., Client]
) -> None:
    check_in = make_asked(
        clinic, clinician, patient={"language": "es", "email": "", "has_email_consent": False}
    )
    form = client_of(Role.CLINICIAN).get(path(check_in)).context["form"]
    with translation.override("es"):
        aloud = gettext("How strong is your pain now?")
    assert aloud != "How strong is your pain now?"
    assert form["pain_now"].label == aloud
    assert form["pain_now"].help_text == "How strong is your pain now?"
    assert [label for _, label in form.fields["wants_call"].choices] == ["Yes", "No"]
