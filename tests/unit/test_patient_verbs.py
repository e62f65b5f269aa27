"""Registering, changing contact and consent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.audit.record import PATIENT
from careplans.core.refusals import Refusal, StaleChange
from careplans.outbox.models import Message
from careplans.outbox.queue import queue_message
from patients.changing import RecordChanged
from patients.contact import NoAddress
from patients.facts import FactCode
from patients.identity import RecordNumberTaken
from patients.models import Episode, Patient
from patients.selectors import possible_duplicates
from patients.services import (
    change_patient,
    opt_out_of_email,
    record_email_consent,
    register_patient,
    register_with_history,
)
from tests.factories import NOW, make_staff
from tests.make.patients import make_patient, patient_fields

LATER = NOW + timedelta(hours=1)


def queue_for(patient: Patient) -> Message:
    return queue_message(
        clinic=patient.clinic,
        kind="check_in",
        key=f"check-in:{patient.pk}",
        to_address=patient.email,
        subject="A question from your clinic",
        text="Hello",
        language="en",
        due_at=LATER,
        patient_id=patient.pk,
        now=NOW,
    )


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


class AuditFails(Exception):
    pass


def failing_audit(module: str) -> Any:
    return patch(f"patients.{module}.record_change", side_effect=AuditFails)


def test_registers_with_consent_and_its_trail(clinic: Clinic, clinician: User) -> None:
    patient = register_patient(clinic=clinic, **patient_fields(clinician=clinician), by=clinician, now=NOW)
    assert patient.can_be_mailed
    assert (patient.email_consent_at, patient.email_consent_by) == (NOW, clinician)
    assert patient.created_at == NOW
    (event,) = events("patient.registered")
    assert (event.patient_id, event.actor_id) == (patient.pk, clinician.pk)
    assert "marta" not in str(event.details).lower()


def test_without_consent_the_address_is_kept_and_not_used(clinic: Clinic) -> None:
    patient = make_patient(clinic, has_email_consent=False)
    assert patient.email
    assert not patient.can_be_mailed


@pytest.mark.parametrize(
    "wrong",
    [
        {"given_name": "M\u202earta"},
        {"family_name": ""},
        {"birth_date": date(2026, 3, 3)},
        {"birth_date": date(1900, 1, 1)},
        {"record_number": "=1"},
        {"language": "xx"},
        {"time_zone": "Europe/Nowhere"},
        {"email": "marta@"},
        {"email": "marta@x.example\nBcc: y@z.example"},
        {"email": "", "has_email_consent": True},
        {"phone": "none"},
    ],
)
def test_refuses_what_cannot_be(clinic: Clinic, clinician: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        register_patient(clinic=clinic, **patient_fields(**wrong), by=clinician, now=NOW)
    assert not Patient.objects.exists()
    assert not events("patient.registered")


def test_today_is_the_clinics_day(clinic: Clinic, clinician: User) -> None:
    clinic.time_zone = "Pacific/Auckland"  # already 2 March 22:30; 12 hours later it is the 3rd there
    clinic.save()
    register = {"clinic": clinic, "by": clinician, "now": NOW + timedelta(hours=2)}
    assert register_patient(**patient_fields(birth_date=date(2026, 3, 3)), **register).pk


def test_a_record_number_is_unique_in_its_clinic(clinic: Clinic, other_clinic: Clinic) -> None:
    make_patient(clinic, record_number="a-1")
    make_patient(other_clinic, record_number="A-1")
    with pytest.raises(RecordNumberTaken, match="A-1"):
        make_patient(clinic, record_number="A-1")


def test_losing_the_race_for_a_record_number_is_a_refusal(clinic: Clinic, clinician: User) -> None:
    make_patient(clinic, record_number="A-1")
    with patch("patients.register.refuse_taken_number"), pytest.raises(RecordNumberTaken):
        make_patient(clinic, by=clinician, record_number="A-1")
    assert Patient.objects.count() == 1


def test_the_clinician_must_work_in_the_clinic(clinic: Clinic, other_clinic: Clinic) -> None:
    for stranger in (make_staff(other_clinic, Role.CLINICIAN), make_staff(clinic, Role.FRONT_DESK)):
        with pytest.raises(Refusal, match=stranger.name):
            make_patient(clinic, clinician=stranger)


def test_registers_whole(clinic: Clinic, clinician: User) -> None:
    episode = {"diagnosis": "Spasm", "body_region": "low_back", "onset_on": date(2026, 2, 28)}
    patient = register_with_history(
        clinic=clinic,
        identity=patient_fields(),
        facts=[FactCode.SITS_ALL_DAY],
        allergies=["latex", "ibuprofen"],
        episode=episode,
        by=clinician,
        now=NOW,
    )
    assert sorted(str(fact) for fact in patient.facts.all()) == [
        "Allergy: ibuprofen",
        "Allergy: latex",
        "Sits all day at a desk",
    ]
    assert patient.episodes.get().diagnosis == "Spasm"


def test_registers_nothing_when_the_episode_is_refused(clinic: Clinic, clinician: User) -> None:
    with pytest.raises(Refusal):
        register_with_history(
            clinic=clinic,
            identity=patient_fields(),
            facts=[FactCode.OPIOID],
            allergies=[],
            episode={"diagnosis": "Spasm", "body_region": "low_back", "onset_on": date(2027, 1, 1)},
            by=clinician,
            now=NOW,
        )
    assert not Patient.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("module", ["register", "clinical_facts", "episodes"])
def test_registers_nothing_when_the_audit_fails(clinic: Clinic, clinician: User, module: str) -> None:
    with failing_audit(module), pytest.raises(AuditFails):
        register_with_history(
            clinic=clinic,
            identity=patient_fields(),
            facts=[FactCode.OPIOID],
            allergies=[],
            episode={"diagnosis": "Spasm", "body_region": "low_back", "onset_on": date(2026, 3, 1)},
            by=clinician,
            now=NOW,
        )
    assert not Patient.objects.exists()
    assert not Episode.objects.exists()


def test_changes_and_says_which_fields(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    fields = {"phone": "020 111", "family_name": "Çelik", "given_name": patient.given_name}
    changed = change_patient(patient=patient, version=1, fields=fields, by=clinician, now=LATER)
    stored = Patient.objects.get(pk=patient.pk)
    assert (stored.phone, stored.family_name, stored.search_name) == ("020 111", "Çelik", "marta celik")
    assert (stored.version, changed.version, stored.updated_at) == (2, 2, LATER)
    (event,) = events("patient.changed")
    assert event.details == {"fields": ["family_name", "phone"], "version": 2}


def test_saving_the_same_again_writes_nothing(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    change_patient(patient=patient, version=1, fields={"phone": patient.phone}, by=clinician, now=LATER)
    assert Patient.objects.get().version == 1
    assert not events("patient.changed")


def test_a_stale_change_is_refused_with_who_and_what(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    colleague = make_staff(clinic, Role.FRONT_DESK, name="Bo Desk")
    newer = {"phone": "020 111", "language": "tr", "has_email_consent": False}
    change_patient(patient=patient, version=1, fields=newer, by=colleague, now=LATER)
    with translation.override("en"), pytest.raises(RecordChanged) as refused:
        change_patient(patient=patient, version=1, fields={"phone": "020 222"}, by=clinician, now=LATER)
    assert isinstance(refused.value, StaleChange)
    told = {
        change.field: (change.now, change.yours, change.by, change.at) for change in refused.value.changes
    }
    assert told["phone"] == ("020 111", "020 222", "Bo Desk", LATER)
    assert told["language"] == ("Turkish", "Turkish", "Bo Desk", LATER)
    assert told["has_email_consent"][0] == "no"
    assert Patient.objects.get().phone == "020 111"


def test_nobody_sets_other_fields(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    for field in ("clinic", "version", "email_consent_at", "id", "search_name", "email_state"):
        with pytest.raises(KeyError):
            change_patient(patient=patient, version=1, fields={field: None}, by=clinician, now=LATER)


def test_a_taken_record_number_is_refused_on_changing(clinic: Clinic, clinician: User) -> None:
    make_patient(clinic, record_number="A-1")
    patient = make_patient(clinic, record_number="B-1")
    with pytest.raises(RecordNumberTaken):
        change_patient(patient=patient, version=1, fields={"record_number": "a-1"}, by=clinician, now=LATER)
    with patch("patients.contact.refuse_taken_number"), pytest.raises(RecordNumberTaken):
        change_patient(patient=patient, version=1, fields={"record_number": "a-1"}, by=clinician, now=LATER)
    assert change_patient(
        patient=patient, version=1, fields={"record_number": "b-1"}, by=clinician, now=LATER
    )


def test_a_new_address_takes_the_waiting_messages_along(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    message = queue_for(patient)
    Patient.objects.update(email_state=Patient.EmailState.BOUNCED)
    change_patient(patient=patient, version=1, fields={"email": "new@patient.example"}, by=clinician, now=NOW)
    message.refresh_from_db()
    assert (message.to_address, message.state) == ("new@patient.example", Message.State.PENDING)
    assert Patient.objects.get().email_state == Patient.EmailState.OK


@pytest.mark.parametrize("fields", [{"has_email_consent": False}, {"email": "", "has_email_consent": False}])
def test_without_consent_or_address_waiting_messages_are_called_back(
    clinic: Clinic, clinician: User, fields: dict[str, Any]
) -> None:
    patient = make_patient(clinic)
    message = queue_for(patient)
    change_patient(patient=patient, version=1, fields=fields, by=clinician, now=NOW)
    message.refresh_from_db()
    assert message.state == Message.State.CANCELLED


def test_removing_the_address_needs_the_consent_gone_too(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    with pytest.raises(NoAddress):
        change_patient(patient=patient, version=1, fields={"email": ""}, by=clinician, now=NOW)


def test_opting_out_stops_mail_once(clinic: Clinic) -> None:
    patient = make_patient(clinic)
    message = queue_for(patient)
    opt_out_of_email(patient=patient, by=PATIENT, now=LATER)
    opt_out_of_email(patient=patient, by=PATIENT, now=LATER + timedelta(hours=1))
    message.refresh_from_db()
    stored = Patient.objects.get()
    assert message.state == Message.State.CANCELLED
    assert (stored.email_opted_out_at, stored.can_be_mailed, stored.version) == (LATER, False, 2)
    (event,) = events("patient.email_stopped")
    assert event.actor_kind == "patient"


def test_a_form_opened_before_the_opt_out_cannot_undo_it(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    opt_out_of_email(patient=patient, by=PATIENT, now=LATER)
    with pytest.raises(RecordChanged):
        change_patient(
            patient=patient, version=1, fields={"has_email_consent": True}, by=clinician, now=LATER
        )
    assert not Patient.objects.get().can_be_mailed


def test_consent_is_recorded_with_who_and_when(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic, has_email_consent=False)
    opt_out_of_email(patient=patient, by=PATIENT, now=NOW)
    agreed = record_email_consent(patient=patient, by=clinician, now=LATER)
    assert (agreed.email_consent_at, agreed.email_consent_by, agreed.can_be_mailed) == (
        LATER,
        clinician,
        True,
    )
    assert record_email_consent(patient=patient, by=clinician, now=LATER).version == agreed.version
    assert len(events("patient.email_agreed")) == 1


def test_consent_needs_an_address(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic, email="", has_email_consent=False)
    with pytest.raises(NoAddress):
        record_email_consent(patient=patient, by=clinician, now=LATER)


def test_nothing_changes_when_the_audit_fails(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic)
    message = queue_for(patient)
    with failing_audit("contact"), pytest.raises(AuditFails):
        change_patient(patient=patient, version=1, fields={"phone": "1234"}, by=clinician, now=NOW)
    with failing_audit("contact"), pytest.raises(AuditFails):
        opt_out_of_email(patient=patient, by=PATIENT, now=NOW)
    message.refresh_from_db()
    assert message.state == Message.State.PENDING
    stored = Patient.objects.get()
    assert (stored.phone, stored.version, stored.can_be_mailed) == (patient.phone, 1, True)


def test_the_database_wants_consent_with_who_and_when(clinic: Clinic) -> None:
    patient = make_patient(clinic)
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=patient.pk).update(email_consent_by=None)


def test_duplicates_stay_within_the_clinic_and_the_birth_date(clinic: Clinic, other_clinic: Clinic) -> None:
    same = make_patient(clinic, given_name="Ayşe", family_name="Çelik")
    make_patient(other_clinic, given_name="Ayşe", family_name="Çelik")
    make_patient(clinic, given_name="Ayşe", family_name="Çelik", birth_date=date(1970, 1, 1))
    make_patient(clinic, given_name="Ali", family_name="Çelik")
    typed = {"given_name": "CELIK", "family_name": "ayse", "birth_date": same.birth_date}
    assert possible_duplicates(clinic=clinic, **typed) == [same]
    assert possible_duplicates(clinic=clinic, **typed, except_for=same) == []


@pytest.mark.parametrize("words", ["celik", "ÇELİK", "ayşe çel", "Celik Ayse", "cp-77", "CP-7"])
def test_search_finds_whatever_case_and_accents(clinic: Clinic, words: str) -> None:
    patient = make_patient(clinic, given_name="Ayşe", family_name="Çelik", record_number="CP-77")
    make_patient(clinic, given_name="Bo", family_name="Moe", record_number="X-1")
    assert list(Patient.objects.of(clinic).matching(words)) == [patient]


@pytest.mark.parametrize("words", ["nobody", "%", "_", "\\", "'; drop table", "77"])
def test_search_takes_words_as_they_are(clinic: Clinic, words: str) -> None:
    make_patient(clinic, given_name="Ayşe", family_name="Çelik", record_number="CP-77")
    assert not Patient.objects.of(clinic).matching(words)
