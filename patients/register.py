"""Registering a patient, alone or with facts and an episode, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, User
from careplans.audit.record import record_change
from patients.clinical_facts import record_fact
from patients.contact import check_consent_has_address
from patients.episodes import open_episode
from patients.facts import FactCode
from patients.identity import RecordNumberTaken, checked_identity, clinic_day, refuse_taken_number
from patients.models import Patient


@transaction.atomic
def register_patient(
    *,
    clinic: Clinic,
    given_name: str,
    family_name: str,
    birth_date: date,
    record_number: str,
    language: str,
    time_zone: str,
    phone: str,
    email: str,
    has_email_consent: bool,
    clinician: User | None,
    by: User,
    now: datetime,
) -> Patient:
    """Take a patient in; refused when the record number is taken or something cannot be true."""
    typed = {
        "given_name": given_name,
        "family_name": family_name,
        "birth_date": birth_date,
        "record_number": record_number,
        "language": language,
        "time_zone": time_zone,
        "phone": phone,
        "email": email,
        "clinician": clinician,
    }
    identity = checked_identity(typed, clinic=clinic, today=clinic_day(clinic, now))
    check_consent_has_address(has_email_consent, identity["email"])
    patient = Patient(clinic=clinic, created_at=now, updated_at=now, **identity)
    if has_email_consent:
        patient.email_consent_at, patient.email_consent_by = now, by
    _insert(patient)
    record_change(
        by=by,
        action="patient.registered",
        subject=patient,
        now=now,
        clinic_id=clinic.pk,
        patient_id=patient.pk,
        details={"has_email_consent": has_email_consent, "version": patient.version},
    )
    return patient


@transaction.atomic
def register_with_history(
    *,
    clinic: Clinic,
    identity: Mapping[str, Any],
    facts: Sequence[FactCode],
    allergies: Sequence[str],
    episode: Mapping[str, Any] | None,
    by: User,
    now: datetime,
) -> Patient:
    """Register a patient with what is known clinically, whole or not at all."""
    patient = register_patient(clinic=clinic, **identity, by=by, now=now)
    for code in facts:
        record_fact(patient=patient, code=code, by=by, now=now)
    for material in allergies:
        record_fact(patient=patient, code=FactCode.ALLERGY, detail=material, by=by, now=now)
    if episode is not None:
        open_episode(patient=patient, **episode, by=by, now=now)
    return patient


def _insert(patient: Patient) -> None:
    """Insert, also when somebody else takes the record number between the question and the insert."""
    refuse_taken_number(patient.record_number, clinic=patient.clinic)
    try:
        with transaction.atomic():
            patient.save(force_insert=True)
    except IntegrityError as error:
        refuse_taken_number(patient.record_number, clinic=patient.clinic)
        raise RecordNumberTaken(patient.record_number) from error
