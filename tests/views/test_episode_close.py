from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from patients.models import Episode
from tests.factories import NOW
from tests.make.patients import make_episode, make_patient

ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def _monday_morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def episode(clinic: Clinic) -> Episode:
    return make_episode(make_patient(clinic))


@pytest.fixture
def url(episode: Episode) -> str:
    return f"/patients/episodes/{episode.pk}/close/"


def test_anonymous_must_sign_in(client: Client, url: str) -> None:
    assert client.post(url)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(client_of: ClientOf, url: str, role: Role) -> None:
    assert client_of(role).post(url).status_code == 403


def test_another_clinics_episode_is_not_found(client_of: ClientOf, other_clinic: Clinic, url: str) -> None:
    assert client_of(Role.CLINICIAN, at=other_clinic).post(url).status_code == 404
    assert Episode.objects.get().is_open


def test_looking_closes_nothing(client_of: ClientOf, url: str) -> None:
    assert client_of(Role.CLINICIAN).get(url).status_code == 200
    assert Episode.objects.get().is_open


def test_closes_once(client_of: ClientOf, episode: Episode, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    assert client.post(url)["Location"] == f"/patients/{episode.patient_id}/"
    assert Episode.objects.get().closed_at == NOW
    assert client.post(url).status_code == 302
    assert "was closed by" in client.get("/patients/").content.decode()
