"""What is known of patients, read for the rules and kept as plain data beside a plan."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from careplans.plans.after_surgery import Surgery
from careplans.plans.holding import PatientFacts
from patients.facts import FactCode
from patients.models import ClinicalFact, Episode, Patient

FactRow = tuple[str, str, date | None]


def facts_of(patient: Patient, today: date) -> PatientFacts:
    """What the rules ask about: recorded facts, and the surgeries of every episode."""
    return facts_of_all({patient: today})[patient.pk]


def facts_of_all(patients: Mapping[Patient, date]) -> dict[uuid.UUID, PatientFacts]:
    """The facts of each patient on the day it is in their clinic: two queries, however many they are."""
    rows: dict[uuid.UUID, list[FactRow]] = defaultdict(list)
    recorded = ClinicalFact.objects.filter(patient__in=list(patients), withdrawn_at=None).order_by("until_on")
    for patient_id, code, detail, until in recorded.values_list("patient_id", "code", "detail", "until_on"):
        rows[patient_id].append((code, detail, until))
    surgeries: dict[uuid.UUID, list[Surgery]] = defaultdict(list)
    # Closed episodes count too: closing one does not undo an operation.
    operated = Episode.objects.filter(patient__in=list(patients)).exclude(surgery_on=None)
    for patient_id, type_, on in operated.order_by("surgery_on").values_list(
        "patient_id", "surgery_type", "surgery_on"
    ):
        if on is not None:
            surgeries[patient_id].append(Surgery(type=type_, on=on))
    return {
        patient.pk: _facts(rows[patient.pk], surgeries[patient.pk], patient.age_on(today), today)
        for patient, today in patients.items()
    }


def _facts(rows: Iterable[FactRow], surgeries: Iterable[Surgery], age: int, today: date) -> PatientFacts:
    rows = list(rows)
    current = [(code, detail) for code, detail, until in rows if until is None or until >= today]
    return PatientFacts(
        codes=frozenset(code for code, _detail in current),
        allergies=tuple(detail for code, detail in current if code == FactCode.ALLERGY),
        age=age,
        surgeries=tuple(surgeries),
        # Of several times the last one counts.
        ended={code: until for code, _detail, until in rows if until is not None and until < today},
    )


def as_data(facts: PatientFacts) -> dict[str, Any]:
    """Facts as plain JSON data, the same for the same facts."""
    return {
        "codes": sorted(facts.codes),
        "allergies": sorted(facts.allergies),
        "age": facts.age,
        "surgeries": sorted([one.type, one.on.isoformat()] for one in facts.surgeries),
        "ended": {code: day.isoformat() for code, day in sorted(facts.ended.items())},
    }


def from_data(data: Mapping[str, Any]) -> PatientFacts:
    return PatientFacts(
        codes=frozenset(data["codes"]),
        allergies=tuple(data["allergies"]),
        age=data["age"],
        surgeries=tuple(Surgery(type_, date.fromisoformat(on)) for type_, on in data["surgeries"]),
        ended={code: date.fromisoformat(day) for code, day in data["ended"].items()},
    )
