"""Patients for tests, made through the verbs."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from patients.facts import FactCode
from patients.models import ClinicalFact, Episode, Patient
from patients.services import open_episode, record_fact, register_patient
from tests.factories import NOW, make_staff

_numbers = count(1)
TODAY = NOW.date()


def patient_fields(**fields: Any) -> dict[str, Any]:
    """What ``register_patient`` takes, but for clinic, by and now."""
    return {
        "given_name": "Marta",
        "family_name": "Lindqvist",
        "birth_date": date(1968, 3, 14),
        "record_number": f"CP-{next(_numbers)}",
        "language": "en",
        "time_zone": "Europe/London",
        "phone": "+44 20 7946 0123",
        "email": "marta@patient.example",
        "has_email_consent": True,
        "clinician": None,
    } | fields


def make_patient(clinic: Clinic, by: User | None = None, **fields: Any) -> Patient:
    by = by or make_staff(clinic, Role.CLINICIAN)
    now = fields.pop("now", NOW)
    return register_patient(clinic=clinic, **patient_fields(**fields), by=by, now=now)


def make_fact(patient: Patient, code: str = FactCode.HEPATIC_IMPAIRMENT_MILD, **fields: Any) -> ClinicalFact:
    by = fields.pop("by", None) or make_staff(patient.clinic, Role.CLINICIAN)
    return record_fact(patient=patient, code=code, by=by, **({"now": NOW} | fields))


def make_episode(patient: Patient, **fields: Any) -> Episode:
    by = fields.pop("by", None) or make_staff(patient.clinic, Role.CLINICIAN)
    defaults = {
        "diagnosis": "Back spasm after physical therapy",
        "body_region": Episode.BodyRegion.LOW_BACK,
        "onset_on": TODAY - timedelta(days=2),
        "now": NOW,
    }
    return open_episode(patient=patient, by=by, **(defaults | fields))
