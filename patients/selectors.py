"""Reads over patients that join or compare."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, QuerySet

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from patients.models import ClinicalFact, Episode, Patient, PatientQuerySet
from patients.names import is_same_name


def possible_duplicates(
    *, clinic: Clinic, given_name: str, family_name: str, birth_date: date, except_for: Patient | None = None
) -> list[Patient]:
    """Patients of the clinic born on that day whose name is the same but for case, accents, spaces or order."""
    same_day = Patient.objects.of(clinic).filter(birth_date=birth_date)
    if except_for is not None:
        same_day = same_day.exclude(pk=except_for.pk)
    typed = (given_name, family_name)
    return [patient for patient in same_day if is_same_name(typed, (patient.given_name, patient.family_name))]


def patients_with_address(*, clinic: Clinic, email: str, except_for: Patient) -> list[Patient]:
    """Other patients of the clinic whose mail goes to the same address, as in a family."""
    return (
        list(Patient.objects.of(clinic).filter(email__iexact=email).exclude(pk=except_for.pk))
        if email
        else []
    )


def clinicians_of(clinic: Clinic) -> QuerySet[User]:
    """Who may be responsible for a patient of the clinic."""
    return User.objects.filter(
        is_active=True,
        memberships__clinic=clinic,
        memberships__role=Role.CLINICIAN,
        memberships__ended_at=None,
    ).order_by("name")


def found_patients(clinic: Clinic, *, words: str, mine: User | None) -> PatientQuerySet:
    """The list of patients: of one clinician or of all, by name or record number."""
    found = Patient.objects.of(clinic).matching(words).select_related("clinician")
    return found.mine(mine) if mine else found


def with_episodes_and_plans(patients: PatientQuerySet) -> PatientQuerySet:
    """Open episodes and their plans beside each patient, in two queries whatever the number of patients.

    Plans are a room above this one; they are reached over the relation and only their state in words is shown.
    """
    open_episodes = Episode.objects.open().prefetch_related("plans")
    return patients.prefetch_related(Prefetch("episodes", open_episodes, to_attr="open_episodes"))


def current_facts(patient: Patient, today: date) -> list[ClinicalFact]:
    """What is true of the patient on that day."""
    return list(patient.facts.all().current(today))
