"""Trying again to make a handout."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.handouts import services
from careplans.handouts.failures import Failure
from careplans.handouts.models import Handout
from tests.factories import NOW
from tests.make.documents import make_plan, make_version
from tests.make.plans import make_patient

ClientOf = Callable[..., Client]


@pytest.fixture
def address(clinic: Clinic, clinician: User) -> str:
    version = make_version(make_plan(make_patient(clinic, clinician), clinician))
    handout = services.request_handout(version=version, by=clinician, now=NOW)
    Handout.objects.update(state=Handout.State.FAILED, error=Failure.BROKEN)
    return reverse("handout-retry", args=[handout.pk])


def test_anonymous_is_sent_to_sign_in(client: Client, address: str) -> None:
    assert client.post(address).status_code == 302
    assert Handout.objects.get().state == Handout.State.FAILED


def test_other_roles_may_not(client_of: ClientOf, address: str) -> None:
    assert client_of(Role.ADMINISTRATOR).post(address).status_code == 403


def test_another_clinics_is_not_there(client_of: ClientOf, address: str, other_clinic: Clinic) -> None:
    assert client_of(Role.CLINICIAN, at=other_clinic).post(address).status_code == 404
    assert Handout.objects.get().state == Handout.State.FAILED


def test_looking_at_the_address_changes_nothing(client_of: ClientOf, address: str) -> None:
    assert client_of(Role.CLINICIAN).get(address).status_code == 405


def test_it_waits_to_be_made_again_and_leads_to_it(client_of: ClientOf, address: str) -> None:
    response = client_of(Role.FRONT_DESK).post(address)
    assert Handout.objects.get().state == Handout.State.PENDING
    assert response["Location"] == reverse("handout-pdf", args=[Handout.objects.get().pk])
