"""What a browser sends from the forms of the patients room."""

from __future__ import annotations

from typing import Any

from patients.models import Episode, Patient

# Each of them must be refused with a sentence, never kept and never a server error.
HOSTILE_LINES = [
    "Mar\0ta",
    "Mar\nta",
    "Mar\u202eta",
    "Mar\u2066ta",
    "Mar\u200bta",
    "Mar\x1b[31mta",
    "Mar\ud800ta".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "M" * 10_000,
]
WRONG_DAYS = [
    "0000-00-00",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "tomorrow",
    "1\0",
    "-1",
    "2" * 10_000,
    "14.13.2020",
]


def contact_data(**data: Any) -> dict[str, Any]:
    return {
        "given_name": "Ingrid",
        "family_name": "Holm",
        "birth_date": "1980-05-17",
        "record_number": "R-100",
        "language": "es",
        "time_zone": "Europe/Madrid",
        "phone": "+34 91 000 0000",
        "email": "ingrid@patient.example",
        "has_email_consent": "on",
        "clinician": "",
    } | data


def contact_data_of(patient: Patient, **data: Any) -> dict[str, Any]:
    return {
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "birth_date": patient.birth_date.isoformat(),
        "record_number": patient.record_number,
        "language": patient.language,
        "time_zone": patient.time_zone,
        "phone": patient.phone,
        "email": patient.email,
        **({"has_email_consent": "on"} if patient.has_email_consent else {}),
        "clinician": patient.clinician_id or "",
        "version": patient.version,
    } | data


def episode_data(**data: Any) -> dict[str, Any]:
    return {
        "diagnosis": "Neck pain at the desk",
        "body_region": Episode.BodyRegion.NECK.value,
        "onset_on": "2026-02-20",
        "surgery_type": "",
        "surgery_on": "",
        "contributors": ["stress", "poor_posture"],
    } | data
