"""A form of staff that makes something makes one of it: pressed twice, reloaded, or sent again with the back button."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Invitation, User
from careplans.accounts.permissions import Role
from careplans.core.models import SpentForm
from careplans.core.once import FIELD
from careplans.outbox.models import Message
from careplans.plans.models import Plan
from patients.models import ClinicalFact, Episode, Patient
from tests.factories import NOW
from tests.make.patient_forms import contact_data, episode_data
from tests.make.plans import make_episode, make_patient, template_of
from tests.make.routes import every_route
from tests.views.test_check_in_answer import shared_with_threads

ClientOf = Callable[..., Client]
# Each view that makes something of which there may be two alike. What else staff can make is held by the database:
# codes of the library, one answer a check-in, one open draft a plan, one acknowledgement an alert, once a phase.
MAKES = {"patient-register", "episode-add", "patient-facts", "plan-start", "staff-invite"}
# The same for what is written in the library.
WRITES = {
    "component-copy", "component-new", "red-flag-new", "rule-new",
    "source-new", "template-copy", "template-new", "version-ask-recall",
    "version-comment", "version-start",
}  # fmt: skip
KEY = re.compile(rf'name="{FIELD}" value="([0-9a-f-]{{36}})"')


@pytest.fixture(autouse=True)
def _on_the_day(request: pytest.FixtureRequest) -> Any:
    with time_machine.travel(NOW, tick="many" in request.node.name):
        yield


@pytest.fixture
def signed_in(client_of: ClientOf) -> Client:
    return client_of(Role.CLINICIAN, Role.ADMINISTRATOR)


@pytest.fixture
def patient(clinic: Clinic, clinician: User) -> Patient:
    return make_patient(clinic, clinician)


def form_key(client: Client, path: str) -> str:
    """The key of the page's own form, the last one on it."""
    return KEY.findall(client.get(path).content.decode())[-1]


def test_these_views_take_a_form_once() -> None:
    marked = {route.name for route in every_route() if getattr(route.view, "is_once", False)}
    assert marked == MAKES | WRITES


def send_twice(client: Client, path: str, sent: dict[str, Any]) -> None:
    sent = sent | {FIELD: form_key(client, path)}

    first, second = client.post(path, sent), client.post(path, sent)

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert "recorded once" in client.get(second["Location"]).content.decode()


def test_a_patient(signed_in: Client, clinic: Clinic) -> None:
    send_twice(signed_in, reverse("patient-register"), contact_data(language="en") | episode_data())

    assert Patient.objects.count() == Episode.objects.count() == 1


def test_an_episode(signed_in: Client, patient: Patient) -> None:
    send_twice(signed_in, reverse("episode-add", args=[patient.pk]), episode_data())

    assert Episode.objects.count() == 1


def test_a_fact_that_is_over(signed_in: Client, patient: Patient) -> None:
    over = {"code": "opioid", "detail": "", "since_on": "2026-01-01", "until_on": "2026-02-01"}
    send_twice(signed_in, reverse("patient-facts", args=[patient.pk]), over)

    assert ClinicalFact.objects.count() == 1


def test_a_plan(signed_in: Client, patient: Patient, clinician: User, clinic: Clinic) -> None:
    episode = make_episode(patient, clinician)
    sent = {"episode": episode.pk, "template": template_of(clinic).pk}
    send_twice(signed_in, reverse("plan-start", args=[patient.pk]), sent)

    assert Plan.objects.count() == 1


def test_an_invitation(signed_in: Client) -> None:
    send_twice(
        signed_in,
        reverse("staff-invite"),
        {"name": "Ana Pires", "email": "ana@clinic.example", "role": "reviewer"},
    )

    assert Invitation.objects.count() == Message.objects.count() == 1


def test_other_words_or_a_new_page_are_another_one(signed_in: Client, patient: Patient) -> None:
    path = reverse("episode-add", args=[patient.pk])
    key = form_key(signed_in, path)

    signed_in.post(path, episode_data() | {FIELD: key})
    signed_in.post(path, episode_data(diagnosis="Cramp in the calf") | {FIELD: key})  # back, and changed
    signed_in.post(path, episode_data() | {FIELD: form_key(signed_in, path)})  # a second one, meant so

    assert Episode.objects.count() == 3


def test_somebody_elses_form_is_their_own(client_of: ClientOf, patient: Patient) -> None:
    path = reverse("episode-add", args=[patient.pk])
    sent = episode_data() | {FIELD: "0" * 36}

    for _person in range(2):
        client_of(Role.CLINICIAN).post(path, sent)

    assert Episode.objects.count() == 2


def test_what_was_refused_can_be_sent_again(signed_in: Client, patient: Patient) -> None:
    path = reverse("episode-add", args=[patient.pk])
    wrong = episode_data(diagnosis="") | {FIELD: form_key(signed_in, path)}

    for _time in range(2):
        assert signed_in.post(path, wrong).context["form"].errors["diagnosis"]

    assert not SpentForm.objects.exists()


def test_what_failed_can_be_sent_again(
    signed_in: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = reverse("episode-add", args=[patient.pk])
    sent = episode_data() | {FIELD: form_key(signed_in, path)}

    def fail(**given: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("patients.views.episodes.open_episode", fail)
        with pytest.raises(RuntimeError):
            signed_in.post(path, sent)
    signed_in.post(path, sent)

    assert Episode.objects.count() == 1


def test_digests_do_not_stay_for_ever(signed_in: Client, patient: Patient) -> None:
    path = reverse("episode-add", args=[patient.pk])
    SpentForm.objects.create(digest="old", spent_at=NOW - timedelta(days=3))

    signed_in.post(path, episode_data() | {FIELD: form_key(signed_in, path)})

    assert [spent.led_to for spent in SpentForm.objects.all()] == [f"/patients/{patient.pk}/"]


@pytest.mark.django_db(transaction=True)
def test_many_presses_in_the_same_moment_make_one(
    clinic: Clinic, clinician: User, client_of: ClientOf, tmp_path: Path
) -> None:
    patient = make_patient(clinic, clinician)
    client = client_of(Role.CLINICIAN)
    path = reverse("episode-add", args=[patient.pk])
    sent = episode_data() | {FIELD: form_key(client, path)}

    def press(_number: int) -> str:
        own = Client()
        own.cookies = client.cookies.copy()
        try:
            return str(own.post(path, sent)["Location"])
        finally:
            connections.close_all()

    with shared_with_threads(tmp_path), ThreadPoolExecutor(6) as pool:
        assert set(pool.map(press, range(6))) == {f"/patients/{patient.pk}/"}

    assert Episode.objects.count() == 1
