from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from patients.facts import FactCode
from patients.models import ClinicalFact, Episode, Patient
from tests.factories import NOW
from tests.make.patient_forms import HOSTILE_LINES, WRONG_DAYS, contact_data, episode_data
from tests.make.patients import make_patient

URL = "/patients/register/"
ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def _monday_morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_anonymous_must_sign_in(client: Client) -> None:
    assert client.get(URL)["Location"].startswith("/account/login/")
    assert client.post(URL, contact_data())["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(client_of: ClientOf, role: Role) -> None:
    assert client_of(role).get(URL).status_code == 403
    assert client_of(role).post(URL, contact_data()).status_code == 403


def test_starts_with_the_clinics_language_and_time_zone(client_of: ClientOf, clinic: Clinic) -> None:
    form = client_of(Role.FRONT_DESK).get(URL).context["form"]
    assert (form["language"].value(), form["time_zone"].value()) == ("en", "Europe/London")


def test_the_front_desk_registers_without_anything_clinical(client_of: ClientOf, clinic: Clinic) -> None:
    client = client_of(Role.FRONT_DESK)
    page = client.get(URL).content.decode()
    for clinical in ("Clinical facts", "Allergies", "Mild hepatic impairment", "brings the patient"):
        assert clinical not in page
    sneaked = contact_data(facts_organs=["opioid"], allergies="latex") | episode_data()
    response = client.post(URL, sneaked)
    patient = Patient.objects.get()
    assert response["Location"] == f"/patients/{patient.pk}/"
    assert (patient.clinic, patient.full_name, patient.time_zone) == (clinic, "Ingrid Holm", "Europe/Madrid")
    assert patient.can_be_mailed
    assert patient.email_consent_at == NOW
    assert not ClinicalFact.objects.exists()
    assert not Episode.objects.exists()


def test_the_clinician_registers_everything_at_once(client_of: ClientOf, clinician: User) -> None:
    client = Client()
    client.force_login(clinician)
    data = contact_data(
        clinician=str(clinician.pk),
        facts_organs=["hepatic_impairment_mild"],
        facts_daily_life=["sits_all_day"],
        allergies="latex, ibuprofen",
        **episode_data(surgery_type="discectomy", surgery_on="2026-02-10"),
    )
    client.post(URL, data)
    patient = Patient.objects.get()
    assert patient.clinician == clinician
    facts = {(fact.code, fact.detail) for fact in patient.facts.all()}
    assert facts == {
        (FactCode.HEPATIC_IMPAIRMENT_MILD, ""),
        (FactCode.SITS_ALL_DAY, ""),
        (FactCode.ALLERGY, "latex"),
        (FactCode.ALLERGY, "ibuprofen"),
    }
    episode = patient.episodes.get()
    assert (episode.surgery_type, episode.surgery_on) == ("discectomy", date(2026, 2, 10))
    assert episode.contributors == ["stress", "poor_posture"]
    assert AuditEvent.objects.filter(kind="change", patient_id=patient.pk).count() == 6


def test_the_episode_may_come_later_but_not_by_halves(client_of: ClientOf) -> None:
    client = client_of(Role.CLINICIAN)
    response = client.post(URL, contact_data(diagnosis="Spasm"))
    assert set(response.context["form"].errors) == {"body_region", "onset_on"}
    assert client.post(URL, contact_data()).status_code == 302
    assert not Episode.objects.exists()


def test_without_the_tick_the_address_is_kept_and_said_to_be_unused(client_of: ClientOf) -> None:
    data = contact_data()
    del data["has_email_consent"]
    client = client_of(Role.FRONT_DESK)
    client.post(URL, data)
    patient = Patient.objects.get()
    assert patient.email
    assert not patient.can_be_mailed
    assert "No e-mail will be sent" in client.get(URL).content.decode()


def test_consent_without_an_address_is_asked_about(client_of: ClientOf) -> None:
    response = client_of(Role.FRONT_DESK).post(URL, contact_data(email=""))
    assert list(response.context["form"].errors) == ["email"]


def test_an_address_of_another_patient_is_pointed_out(client_of: ClientOf, clinic: Clinic) -> None:
    make_patient(clinic, email="family@patient.example")
    client = client_of(Role.FRONT_DESK)
    client.post(URL, contact_data(email="Family@patient.example"))
    assert "Marta Lindqvist" in client.get(URL).content.decode()


def test_a_likely_duplicate_is_shown_and_needs_a_tick(client_of: ClientOf, clinic: Clinic) -> None:
    known = make_patient(clinic, given_name="INGRID", family_name="Hólm", birth_date=date(1980, 5, 17))
    client = client_of(Role.FRONT_DESK)
    response = client.post(URL, contact_data())
    page = response.content.decode()
    assert Patient.objects.count() == 1
    assert f"/patients/{known.pk}/" in page
    assert known.record_number in page
    assert 'value="R-100"' in page
    key = response.context["form"].duplicates_key
    assert client.post(URL, contact_data(another_person=key)).status_code == 302
    assert Patient.objects.count() == 2


def test_the_tick_counts_only_for_those_who_were_shown(client_of: ClientOf, clinic: Clinic) -> None:
    make_patient(clinic, given_name="Ingrid", family_name="Holm", birth_date=date(1980, 5, 17))
    client = client_of(Role.FRONT_DESK)
    for tick in ("on", "1", "true"):
        client.post(URL, contact_data(another_person=tick))
    assert Patient.objects.count() == 1


def test_the_duplicates_of_another_clinic_stay_unseen(client_of: ClientOf, other_clinic: Clinic) -> None:
    make_patient(other_clinic, given_name="Ingrid", family_name="Holm", birth_date=date(1980, 5, 17))
    assert client_of(Role.FRONT_DESK).post(URL, contact_data()).status_code == 302


def test_a_taken_record_number_is_an_error_whatever_is_ticked(client_of: ClientOf, clinic: Clinic) -> None:
    make_patient(clinic, record_number="r-100")
    response = client_of(Role.FRONT_DESK).post(URL, contact_data(another_person="on"))
    assert list(response.context["form"].errors) == ["record_number"]


def test_a_clinician_of_another_clinic_cannot_be_chosen(client_of: ClientOf, other_clinic: Clinic) -> None:
    stranger = make_patient(other_clinic).facts.model and other_clinic.memberships.get().user
    response = client_of(Role.FRONT_DESK).post(URL, contact_data(clinician=str(stranger.pk)))
    assert list(response.context["form"].errors) == ["clinician"]


def test_hostile_input_is_refused_beside_each_field(client_of: ClientOf) -> None:
    client = client_of(Role.CLINICIAN)
    lines = ("given_name", "family_name", "record_number", "phone", "email", "allergies", "diagnosis")
    choices = (
        "language",
        "time_zone",
        "clinician",
        "body_region",
        "surgery_type",
        "facts_heart",
        "contributors",
    )
    for text in HOSTILE_LINES:
        response = client.post(URL, contact_data(**dict.fromkeys(lines + choices, text), birth_date=text))
        assert response.status_code == 200
        assert {*lines, *choices, "birth_date"} <= set(response.context["form"].errors)
    assert not Patient.objects.exists()


def test_wrong_dates_are_refused_beside_their_field(client_of: ClientOf) -> None:
    client = client_of(Role.CLINICIAN)
    for day in WRONG_DAYS:
        data = contact_data(**episode_data(surgery_type="fusion", onset_on=day, surgery_on=day))
        response = client.post(URL, data)
        assert response.status_code == 200
        assert set(response.context["form"].errors) == {"onset_on", "surgery_on"}
    assert not Patient.objects.exists()


def test_fields_that_are_not_asked_for_change_nothing(client_of: ClientOf, other_clinic: Clinic) -> None:
    extra = {
        "clinic": str(other_clinic.pk),
        "version": "9",
        "email_opted_out_at": "2020-01-01",
        "email_state": "bounced",
    }
    client_of(Role.FRONT_DESK).post(URL, contact_data(**extra))
    patient = Patient.objects.get()
    assert patient.clinic != other_clinic
    assert (patient.version, patient.email_opted_out_at, patient.email_state) == (1, None, "ok")


def test_what_was_typed_stays_on_an_error(client_of: ClientOf) -> None:
    data = contact_data(birth_date="", facts_heart=["raynaud"], diagnosis="Spasm")
    page = client_of(Role.CLINICIAN).post(URL, data).content.decode()
    for typed in ('value="Ingrid"', 'value="Spasm"', 'value="ingrid@patient.example"'):
        assert typed in page
    assert 'value="raynaud" class="form-check-input"' in page or 'value="raynaud"' in page
    assert "checked" in page
