from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from patients.models import Patient
from patients.services import change_patient, opt_out_of_email
from tests.factories import NOW, make_staff
from tests.make.patient_forms import HOSTILE_LINES, contact_data_of
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
    return f"/patients/{patient.pk}/edit/"


def test_anonymous_must_sign_in(client: Client, url: str) -> None:
    assert client.get(url)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(client_of: ClientOf, url: str, role: Role) -> None:
    assert client_of(role).get(url).status_code == 403
    assert client_of(role).post(url, {}).status_code == 403


def test_another_clinics_patient_is_not_found(
    client_of: ClientOf, other_clinic: Clinic, patient: Patient, url: str
) -> None:
    stranger = client_of(Role.FRONT_DESK, at=other_clinic)
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, contact_data_of(patient, phone="1234")).status_code == 404
    assert Patient.objects.get().phone == patient.phone


def test_an_unknown_patient_is_not_found(client_of: ClientOf) -> None:
    client = client_of(Role.FRONT_DESK)
    assert client.get("/patients/00000000-0000-0000-0000-000000000000/edit/").status_code == 404
    assert client.get("/patients/1/edit/").status_code == 404


def test_saves_and_notes_who_did(client_of: ClientOf, patient: Patient, url: str) -> None:
    response = client_of(Role.FRONT_DESK).post(url, contact_data_of(patient, phone="020 555", language="tr"))
    assert response["Location"] == f"/patients/{patient.pk}/"
    patient.refresh_from_db()
    assert (patient.phone, patient.language, patient.version) == ("020 555", "tr", 2)
    assert AuditEvent.objects.get(action="patient.changed").details["fields"] == ["language", "phone"]


def test_opening_the_page_is_a_look(client_of: ClientOf, patient: Patient, url: str) -> None:
    client_of(Role.FRONT_DESK).get(url)
    look = AuditEvent.objects.get(kind="look")
    assert look.patient_id == patient.pk


def test_the_front_desk_sees_no_facts(client_of: ClientOf, patient: Patient, url: str) -> None:
    make_fact(patient)
    make_fact(patient, "allergy", detail="latex")
    for role, is_seen in ((Role.FRONT_DESK, False), (Role.CLINICIAN, True)):
        page = client_of(role).get(url).content.decode()
        assert ("Mild hepatic impairment" in page) is is_seen
        assert ("latex" in page) is is_seen


def test_taking_the_tick_away_stops_mail(client_of: ClientOf, patient: Patient, url: str) -> None:
    data = contact_data_of(patient)
    del data["has_email_consent"]
    client_of(Role.FRONT_DESK).post(url, data)
    patient.refresh_from_db()
    assert patient.email_opted_out_at == NOW
    assert not patient.can_be_mailed


def test_a_stale_form_says_what_changed_and_keeps_what_was_typed(
    client_of: ClientOf, clinic: Clinic, patient: Patient, url: str
) -> None:
    colleague = make_staff(clinic, Role.FRONT_DESK, name="Bo Desk")
    typed = contact_data_of(patient, phone="020 222")
    change_patient(patient=patient, version=1, fields={"phone": "020 111"}, by=colleague, now=NOW)
    client = client_of(Role.FRONT_DESK)
    response = client.post(url, typed)
    page = response.content.decode()
    assert response.status_code == 409
    for said in ("Bo Desk", "020 111", 'value="020 222"', 'name="version" value="2"'):
        assert said in page
    assert Patient.objects.get().phone == "020 111"
    assert client.post(url, typed | {"version": "2"}).status_code == 302
    assert Patient.objects.get().phone == "020 222"


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "9" * 400, "\0", "１"])
def test_a_form_without_a_readable_version_counts_as_stale(
    client_of: ClientOf, patient: Patient, url: str, version: str
) -> None:
    data = contact_data_of(patient, version=version, phone="1234")
    assert client_of(Role.FRONT_DESK).post(url, data).status_code == 409
    assert Patient.objects.get().phone == patient.phone


def test_an_opt_out_meanwhile_is_not_undone(
    client_of: ClientOf, clinician: User, patient: Patient, url: str
) -> None:
    typed = contact_data_of(patient)
    opt_out_of_email(patient=patient, by=clinician, now=NOW)
    assert client_of(Role.FRONT_DESK).post(url, typed).status_code == 409
    assert not Patient.objects.get().can_be_mailed


def test_says_when_the_patient_stopped_mail(
    client_of: ClientOf, clinician: User, patient: Patient, url: str
) -> None:
    opt_out_of_email(patient=patient, by=clinician, now=NOW)
    page = client_of(Role.FRONT_DESK).get(url).content.decode()
    assert "stopped all e-mail on 2 Mar 2026" in page


def test_a_taken_record_number_is_refused(
    client_of: ClientOf, clinic: Clinic, patient: Patient, url: str
) -> None:
    make_patient(clinic, record_number="TAKEN-1")
    response = client_of(Role.FRONT_DESK).post(url, contact_data_of(patient, record_number="taken-1"))
    assert list(response.context["form"].errors) == ["record_number"]


def test_hostile_input_is_refused_beside_each_field(client_of: ClientOf, patient: Patient, url: str) -> None:
    client = client_of(Role.FRONT_DESK)
    fields = (
        "given_name",
        "family_name",
        "record_number",
        "phone",
        "email",
        "birth_date",
        "language",
        "clinician",
    )
    for text in [*HOSTILE_LINES, "9999-12-31"]:
        response = client.post(url, contact_data_of(patient, **dict.fromkeys(fields, text)))
        assert response.status_code == 200
        assert {"birth_date", "email", "language", "clinician"} <= set(response.context["form"].errors)
    assert Patient.objects.get().version == 1
