"""What pages show of a patient, said in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from careplans.accounts.permissions import Permission
from patients.facts import FactCode
from patients.models import ClinicalFact, Episode, Patient
from patients.selectors import current_facts


@dataclass(frozen=True)
class PatientHeader:
    """Stands on top of every page about one patient, see ``_components/patient_header.html``."""

    name: str
    url: str
    birth_date: date
    age: int
    record_number: str
    language: str
    email_state: str
    phone: str
    allergies: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def patient_header(patient: Patient, *, permissions: Iterable[Permission], today: date) -> PatientHeader:
    """The header; facts and allergies only for those who may see them."""
    facts = current_facts(patient, today) if Permission.SEE_CLINICAL in permissions else []
    return PatientHeader(
        name=patient.full_name,
        url=patient_url(patient),
        birth_date=patient.birth_date,
        age=patient.age_on(today),
        record_number=patient.record_number,
        language=str(patient.get_language_display()),
        email_state=email_state(patient),
        phone=patient.phone,
        allergies=tuple(fact.detail for fact in facts if fact.code == FactCode.ALLERGY),
        facts=tuple(str(fact) for fact in facts if fact.code != FactCode.ALLERGY),
    )


def patient_url(patient: Patient) -> str:
    return reverse("patient-detail", args=[patient.pk])


def email_state(patient: Patient) -> str:
    """Whether the patient gets e-mails, and if not, why."""
    if not patient.email:
        return _("No address")
    if patient.email_opted_out_at:
        return _("Stopped on %(day)s") % {"day": _day(patient, patient.email_opted_out_at)}
    if not patient.email_consent_at:
        return _("Not agreed")
    if patient.email_state == Patient.EmailState.BOUNCED:
        return _("Address refused the mail")
    return _("Agreed on %(day)s") % {"day": _day(patient, patient.email_consent_at)}


def _day(patient: Patient, moment: Any) -> str:
    return date_format(localtime(moment, patient.clinic.zone), "j M Y")


@dataclass(frozen=True)
class PatientRow:
    """One line of the list."""

    name: str
    url: str
    birth_date: date
    age: int
    record_number: str
    clinician: str
    episode: str = ""
    region: str = ""
    plan: str = ""


def patient_row(patient: Patient, *, today: date, is_clinical: bool) -> PatientRow:
    """``is_clinical`` needs a patient from ``with_episodes_and_plans``."""
    episode: Episode | None = next(iter(patient.open_episodes), None) if is_clinical else None  # type: ignore[attr-defined]
    return PatientRow(
        name=patient.full_name,
        url=patient_url(patient),
        birth_date=patient.birth_date,
        age=patient.age_on(today),
        record_number=patient.record_number,
        clinician=str(patient.clinician or ""),
        episode=episode.diagnosis if episode else "",
        region=str(episode.get_body_region_display()) if episode else "",
        plan=_newest_plan(episode) if episode else "",
    )


def _newest_plan(episode: Episode) -> str:
    plan = next(iter(episode.plans.all()), None)
    return f"{plan.title} ({plan.get_state_display()})" if plan else _("No plan yet")


@dataclass(frozen=True)
class FactRow:
    """One fact on record."""

    pk: Any
    text: str
    is_allergy: bool
    since: date | None
    ended: str
    recorded: str


def fact_row(fact: ClinicalFact, *, today: date) -> FactRow:
    zone = fact.patient.clinic.zone
    recorded = date_format(localtime(fact.recorded_at, zone), "j M Y")
    return FactRow(
        pk=fact.pk,
        text=str(fact),
        is_allergy=fact.code == FactCode.ALLERGY,
        since=fact.since_on,
        ended=_how_it_ended(fact, today),
        recorded=_("%(day)s, %(name)s") % {"day": recorded, "name": fact.recorded_by},
    )


def _how_it_ended(fact: ClinicalFact, today: date) -> str:
    if fact.withdrawn_at:
        day = date_format(localtime(fact.withdrawn_at, fact.patient.clinic.zone), "j M Y")
        return _("withdrawn on %(day)s by %(name)s") % {"day": day, "name": fact.withdrawn_by}
    if fact.until_on and fact.until_on < today:
        return _("until %(day)s") % {"day": date_format(fact.until_on, "j M Y")}
    return ""
