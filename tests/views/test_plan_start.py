"""Starting a plan: from a template, empty, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.plans.models import Plan
from patients.models import Episode
from tests.factories import NOW
from tests.make.plans import make_episode, make_patient, template_of


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def episode(clinic: Clinic, clinician: User) -> Episode:
    return make_episode(make_patient(clinic, clinician), clinician)


def address(episode: Episode) -> str:
    return reverse("plan-start", kwargs={"pk": episode.patient_id})


def test_anonymous_wrong_role_and_other_clinic(
    episode: Episode, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    assert Client().get(address(episode)).status_code == 302
    assert client_of(Role.FRONT_DESK).get(address(episode)).status_code == 403
    assert client_of(Role.CLINICIAN, at=other_clinic).get(address(episode)).status_code == 404


def test_templates_are_offered_with_their_phases(
    episode: Episode, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    template_of(clinic)

    page = client_of(Role.CLINICIAN).get(address(episode)).content.decode()

    assert "Acute spasm after therapy" in page
    assert "Weeks 1 to 4" in page


def test_templates_for_the_body_part_come_first_under_their_own_title(
    episode: Episode, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    template_of(clinic)

    page = client_of(Role.CLINICIAN).get(address(episode)).content.decode()

    first, others = page.index("Made for this part of the body"), page.index("Other templates")
    assert first < page.index("Recurrent spasm") < others < page.index("Desk worker")


def test_starting_leads_to_the_desk(
    episode: Episode, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    given = {"episode": episode.pk, "template": template_of(clinic).pk}

    response = client_of(Role.CLINICIAN).post(address(episode), given)

    plan = Plan.objects.get()
    assert response["Location"] == reverse("plan-build", kwargs={"pk": plan.pk})
    assert plan.title == "Acute spasm after therapy"


def test_a_template_that_does_not_fit_says_why(
    episode: Episode, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    given = {"episode": episode.pk, "template": template_of(clinic, "after-spinal-surgery").pk}

    response = client_of(Role.CLINICIAN).post(address(episode), given)

    assert "date of surgery" in response.content.decode()
    assert not Plan.objects.exists()


def test_another_clinics_template_is_no_choice(
    episode: Episode, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    given = {"episode": episode.pk, "template": template_of(other_clinic).pk}

    response = client_of(Role.CLINICIAN).post(address(episode), given)

    assert response.status_code == 200
    assert not Plan.objects.exists()


def test_without_an_episode_the_page_says_what_is_missing(
    clinic: Clinic, clinician: User, client_of: Callable[..., Client]
) -> None:
    patient = make_patient(clinic, clinician)

    page = client_of(Role.CLINICIAN).get(reverse("plan-start", kwargs={"pk": patient.pk})).content.decode()

    assert "Add an episode" in page


def test_what_the_template_leaves_out_is_said(
    episode: Episode, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    given = {"episode": episode.pk, "template": template_of(clinic).pk}

    page = client_of(Role.CLINICIAN).post(address(episode), given, follow=True).content.decode()

    assert "Over already, so left out: First 48 hours." in page
