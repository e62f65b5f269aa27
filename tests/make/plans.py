"""Patients with episodes, drafts and plans, made through the verbs."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from careplans.accounts.models import Clinic, User
from careplans.library.models import ComponentVersion, ReviewState, Template, TemplateVersion
from careplans.plans.models import Draft
from careplans.plans.start import start_plan
from patients.models import Episode, Patient
from patients.services import open_episode, record_fact, register_patient
from tests.factories import NOW
from tests.make.starter_copy import give_starter

_numbers = count(1)


def make_library(clinic: Clinic) -> None:
    if not Template.objects.filter(clinic=clinic).exists():
        give_starter(clinic)


def template_of(clinic: Clinic, code: str = "acute-spasm-after-therapy") -> TemplateVersion:
    make_library(clinic)
    return TemplateVersion.objects.get(
        template__clinic=clinic, template__code=code, state=ReviewState.APPROVED
    )


def component_of(clinic: Clinic, code: str) -> ComponentVersion:
    make_library(clinic)
    return ComponentVersion.objects.get(
        component__clinic=clinic, component__code=code, state=ReviewState.APPROVED
    )


def make_patient(clinic: Clinic, by: User, *, facts: tuple[str, ...] = (), **fields: Any) -> Patient:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "given_name": "Maya",
        "family_name": f"Stone{number}",
        "birth_date": date(1980, 5, 17),
        "record_number": f"R{number:04}",
        "language": "en",
        "time_zone": "Europe/London",
        "phone": "+44 20 7946 0999",
        "email": f"maya{number}@patient.example",
        "has_email_consent": True,
        "clinician": by,
    }
    patient = register_patient(clinic=clinic, by=by, now=NOW, **(defaults | fields))
    for code in facts:
        record_fact(patient=patient, code=code, by=by, now=NOW)
    return patient


def make_episode(patient: Patient, by: User, **fields: Any) -> Episode:
    defaults: dict[str, Any] = {
        "diagnosis": "Back spasm after therapy",
        "body_region": "low_back",
        "onset_on": date(2026, 2, 28),
    }
    return open_episode(patient=patient, by=by, now=NOW, **(defaults | fields))


def make_draft(
    clinic: Clinic,
    by: User,
    *,
    facts: tuple[str, ...] = (),
    template: str = "acute-spasm-after-therapy",
    **patient: Any,
) -> Draft:
    """A draft of a plan for a new patient whose spasm began two days before ``NOW``."""
    episode = make_episode(make_patient(clinic, by, facts=facts, **patient), by)
    return start_plan(episode=episode, template_version=template_of(clinic, template), by=by, now=NOW)


def today_of(now: datetime = NOW) -> date:
    return now.date()
