from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from patients.models import Episode, Patient
from tests.factories import NOW
from tests.make.patient_forms import HOSTILE_LINES, episode_data
from tests.make.patients import make_patient

ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def _monday_morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return make_patient(clinic)


@pytest.fixture
def url(patient: Patient) -> str:
    return f"/patients/{patient.pk}/episodes/add/"


def test_anonymous_must_sign_in(client: Client, url: str) -> None:
    assert client.get(url)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(client_of: ClientOf, url: str, role: Role) -> None:
    assert client_of(role).get(url).status_code == 403
    assert client_of(role).post(url, episode_data()).status_code == 403


def test_another_clinics_patient_is_not_found(client_of: ClientOf, other_clinic: Clinic, url: str) -> None:
    stranger = client_of(Role.CLINICIAN, at=other_clinic)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, episode_data()).status_code == 404
    assert not Episode.objects.exists()


def test_adds_an_episode(client_of: ClientOf, patient: Patient, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    assert client.get(url).status_code == 200
    assert client.post(url, episode_data())["Location"] == f"/patients/{patient.pk}/"
    episode = patient.episodes.get()
    assert (episode.diagnosis, episode.body_region) == ("Neck pain at the desk", "neck")
    assert episode.contributors == ["stress", "poor_posture"]


@pytest.mark.parametrize("missing", ["diagnosis", "body_region", "onset_on"])
def test_says_what_is_missing(client_of: ClientOf, url: str, missing: str) -> None:
    response = client_of(Role.CLINICIAN).post(url, episode_data(**{missing: ""}))
    assert list(response.context["form"].errors) == [missing]


def test_surgery_needs_type_and_date(client_of: ClientOf, url: str) -> None:
    for half in ({"surgery_type": "fusion"}, {"surgery_on": "2026-01-01"}):
        response = client_of(Role.CLINICIAN).post(url, episode_data(**half))
        assert list(response.context["form"].errors) == ["surgery_on"]


def test_hostile_input_is_refused(client_of: ClientOf, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    for line in HOSTILE_LINES:
        data = episode_data(diagnosis=line, contributors=[line], body_region=line, onset_on=line)
        response = client.post(url, data)
        assert list(response.context["form"].errors) == [
            "diagnosis",
            "body_region",
            "onset_on",
            "contributors",
        ]
    assert not Episode.objects.exists()
