from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from patients.models import Episode
from patients.services import change_episode, close_episode
from tests.factories import NOW
from tests.make.patient_forms import WRONG_DAYS, episode_data
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
    return f"/patients/episodes/{episode.pk}/edit/"


def test_anonymous_must_sign_in(client: Client, url: str) -> None:
    assert client.get(url)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(client_of: ClientOf, url: str, role: Role) -> None:
    assert client_of(role).get(url).status_code == 403
    assert client_of(role).post(url, episode_data(version="1")).status_code == 403


def test_another_clinics_episode_is_not_found(client_of: ClientOf, other_clinic: Clinic, url: str) -> None:
    stranger = client_of(Role.CLINICIAN, at=other_clinic)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, episode_data(version="1")).status_code == 404
    assert Episode.objects.get().version == 1


def test_saves(client_of: ClientOf, episode: Episode, url: str) -> None:
    response = client_of(Role.CLINICIAN).post(url, episode_data(version="1"))
    assert response["Location"] == f"/patients/{episode.patient_id}/"
    episode.refresh_from_db()
    assert (episode.diagnosis, episode.version) == ("Neck pain at the desk", 2)


def test_opening_the_page_is_a_look(client_of: ClientOf, episode: Episode, url: str) -> None:
    assert episode.diagnosis in client_of(Role.CLINICIAN).get(url).content.decode()
    assert AuditEvent.objects.get(kind="look").subject_id == str(episode.pk)


def test_a_stale_form_says_what_changed_and_keeps_what_was_typed(
    client_of: ClientOf, clinician: User, episode: Episode, url: str
) -> None:
    change_episode(episode=episode, version=1, fields={"diagnosis": "Sciatica"}, by=clinician, now=NOW)
    response = client_of(Role.CLINICIAN).post(url, episode_data(version="1"))
    page = response.content.decode()
    assert response.status_code == 409
    for said in ("Dr Ada Quill", "Sciatica", 'value="Neck pain at the desk"', 'name="version" value="2"'):
        assert said in page
    assert Episode.objects.get().diagnosis == "Sciatica"


def test_a_closed_episode_is_not_changed(
    client_of: ClientOf, clinician: User, episode: Episode, url: str
) -> None:
    close_episode(episode=episode, by=clinician, now=NOW)
    page = client_of(Role.CLINICIAN).post(url, episode_data(version="2")).content.decode()
    assert "was closed by Dr Ada Quill" in page
    assert Episode.objects.get().diagnosis == episode.diagnosis


def test_wrong_dates_are_refused(client_of: ClientOf, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    for day in WRONG_DAYS:
        response = client.post(url, episode_data(version="1", surgery_type="fusion", surgery_on=day))
        assert list(response.context["form"].errors) == ["surgery_on"]
