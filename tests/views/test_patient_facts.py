from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from patients.facts import FactCode
from patients.models import ClinicalFact, Patient
from patients.services import withdraw_fact
from tests.factories import NOW
from tests.make.patient_forms import HOSTILE_LINES, WRONG_DAYS
from tests.make.patients import make_fact, make_patient

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
    return f"/patients/{patient.pk}/facts/"


def fact_data(**data: Any) -> dict[str, Any]:
    return {"code": "allergy", "detail": "latex", "since_on": "", "until_on": ""} | data


def test_anonymous_must_sign_in(client: Client, url: str) -> None:
    assert client.get(url)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(client_of: ClientOf, url: str, role: Role) -> None:
    assert client_of(role).get(url).status_code == 403
    assert client_of(role).post(url, fact_data()).status_code == 403
    assert not ClinicalFact.objects.exists()


def test_another_clinics_patient_is_not_found(client_of: ClientOf, other_clinic: Clinic, url: str) -> None:
    stranger = client_of(Role.CLINICIAN, at=other_clinic)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, fact_data()).status_code == 404


def test_adds_a_fact(client_of: ClientOf, patient: Patient, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    assert client.post(url, fact_data(since_on="2020-05-01"))["Location"] == url
    assert str(patient.facts.get()) == "Allergy: latex"
    page = client.get(url).content.decode()
    assert "chip-allergy" in page
    assert "1 May 2020" in page


def test_shows_current_and_earlier_facts(
    client_of: ClientOf, clinician: User, patient: Patient, url: str
) -> None:
    make_fact(patient, FactCode.OPIOID)
    withdraw_fact(fact=make_fact(patient, FactCode.PREGNANCY), by=clinician, now=NOW)
    context = client_of(Role.CLINICIAN).get(url).context
    assert [row.text for row in context["current"]] == ["Takes an opioid"]
    assert [row.ended for row in context["earlier"]] == ["withdrawn on 2 Mar 2026 by Dr Ada Quill"]


def test_opening_the_page_is_a_look(client_of: ClientOf, patient: Patient, url: str) -> None:
    client_of(Role.CLINICIAN).get(url)
    assert AuditEvent.objects.get(kind="look").patient_id == patient.pk


def test_the_same_fact_twice_is_refused(client_of: ClientOf, patient: Patient, url: str) -> None:
    make_fact(patient, FactCode.ALLERGY, detail="Latex")
    response = client_of(Role.CLINICIAN).post(url, fact_data())
    assert "on record for this patient already" in response.content.decode()
    assert patient.facts.count() == 1


def test_hostile_details_and_codes_are_refused(client_of: ClientOf, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    for line in HOSTILE_LINES:
        response = client.post(url, fact_data(detail=line, code=line))
        assert list(response.context["form"].errors) == ["code", "detail"]
    assert not ClinicalFact.objects.exists()


def test_wrong_dates_are_refused(client_of: ClientOf, url: str) -> None:
    client = client_of(Role.CLINICIAN)
    for day in WRONG_DAYS:
        assert client.post(url, fact_data(since_on=day)).context["form"].errors
    assert client.post(url, fact_data(since_on="2026-02-02", until_on="2026-02-01")).context["form"].errors
    assert not ClinicalFact.objects.exists()


def test_queries_do_not_grow_with_facts(
    client_of: ClientOf, patient: Patient, url: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(Role.CLINICIAN)
    for code in list(FactCode)[:20]:
        make_fact(patient, code)
    client.get(url)
    with django_assert_max_num_queries(11):
        client.get(url)
