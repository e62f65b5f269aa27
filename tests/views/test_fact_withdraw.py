from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from patients.models import ClinicalFact
from tests.factories import NOW
from tests.make.patient_forms import WRONG_DAYS
from tests.make.patients import make_fact, make_patient

ClientOf = Callable[..., Client]
MISTAKE = {"reason": "mistake", "over_since": ""}


@pytest.fixture(autouse=True)
def _monday_morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def fact(clinic: Clinic) -> ClinicalFact:
    return make_fact(make_patient(clinic), since_on=date(2025, 1, 1))


@pytest.fixture
def url(fact: ClinicalFact) -> str:
    return f"/patients/facts/{fact.pk}/withdraw/"


def test_anonymous_must_sign_in(client: Client, url: str) -> None:
    assert client.post(url, MISTAKE)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(client_of: ClientOf, url: str, role: Role) -> None:
    assert client_of(role).get(url).status_code == 403
    assert client_of(role).post(url, MISTAKE).status_code == 403


def test_another_clinics_fact_is_not_found(
    client_of: ClientOf, other_clinic: Clinic, fact: ClinicalFact, url: str
) -> None:
    stranger = client_of(Role.CLINICIAN, at=other_clinic)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, MISTAKE).status_code == 404
    fact.refresh_from_db()
    assert fact.withdrawn_at is None


def test_looking_changes_nothing_but_the_trail(client_of: ClientOf, fact: ClinicalFact, url: str) -> None:
    assert "Mild hepatic impairment" in client_of(Role.CLINICIAN).get(url).content.decode()
    fact.refresh_from_db()
    assert fact.withdrawn_at is None
    assert AuditEvent.objects.get(kind="look").subject_id == str(fact.pk)


def test_a_mistake_is_withdrawn(client_of: ClientOf, fact: ClinicalFact, url: str) -> None:
    response = client_of(Role.CLINICIAN).post(url, MISTAKE)
    assert response["Location"] == f"/patients/{fact.patient_id}/facts/"
    fact.refresh_from_db()
    assert fact.withdrawn_at == NOW


def test_what_was_true_gets_its_end(client_of: ClientOf, fact: ClinicalFact, url: str) -> None:
    client_of(Role.CLINICIAN).post(url, {"reason": "over", "over_since": "2026-03-01"})
    fact.refresh_from_db()
    assert (fact.until_on, fact.withdrawn_at) == (date(2026, 2, 28), None)


def test_the_second_of_two_is_told(client_of: ClientOf, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    client.post(url, MISTAKE)
    assert "withdrew this on 2 Mar 2026 already" in client.post(url, MISTAKE).content.decode()


def test_reason_and_day_are_asked_for(client_of: ClientOf, fact: ClinicalFact, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    assert "reason" in client.post(url, {}).context["form"].errors
    assert "reason" in client.post(url, {"reason": "\0"}).context["form"].errors
    for day in ["", "2026-03-03", *WRONG_DAYS]:
        assert client.post(url, {"reason": "over", "over_since": day}).context["form"].errors
    fact.refresh_from_db()
    assert fact.until_on is None
