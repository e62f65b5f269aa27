"""Plan documents and published versions with chosen content, for tests of what reads them.

Built through the models, so that a test can say exactly what a document holds; everything else about them is what
publishing makes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from careplans.accounts.models import User
from careplans.core.tokens import derive_token, hash_token, new_nonce
from careplans.library.dose import parse_dose
from careplans.plans.document import (
    Criteria,
    DocumentCheckIn,
    DocumentClinic,
    DocumentEpisode,
    DocumentItem,
    DocumentPatient,
    DocumentPhase,
    DocumentRedFlag,
    PlanDocument,
    canonical_data,
    sha256_of,
)
from careplans.plans.models import Draft, Plan, PlanVersion
from patients.models import Episode, Patient
from tests.factories import NOW

TODAY = NOW.date()
_numbers = count(1)


def make_item(code: str = "ex-pelvic-tilt", title: str = "Pelvic tilt", **fields: Any) -> DocumentItem:
    defaults = {
        "key": f"k{next(_numbers)}",
        "component_code": code,
        "component_version_id": "00000000-0000-0000-0000-000000000001",
        "component_version_number": 1,
        "category": "exercise",
        "tags": ("exercise",),
        "title": title,
        "why": "It loosens the lower back.",
        "steps": ("Lie on your back.", "Press your back into the floor."),
        "feel": "A gentle stretch.",
        "watch_for": "",
        "stop_if": "Stop if it hurts.",
        "text_language": "en",
        "dose": parse_dose({"kind": "repetitions", "reps": 10}),
        "dose_in_words": "10 times, once a day",
        "note": "",
        "picture": "",
        "grade": "moderate",
        "effect": "small_gain",
        "effect_text": "",
        "sources": (),
    }
    return DocumentItem(**(defaults | fields))


def make_phase(starts_on: date, days: int, items: tuple[DocumentItem, ...], **fields: Any) -> DocumentPhase:
    defaults = {
        "code": "first",
        "name": "First days",
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=days - 1),
        "starts": "by_date",
        "aims": ("Less pain",),
        "avoid": ("Long rest in bed",),
        "move_on_when": (),
        "step_back_when": (),
        "criteria": Criteria(),
        "items": items,
    }
    return DocumentPhase(**(defaults | fields))


RED_FLAGS = (
    DocumentRedFlag(
        code="saddle_numbness",
        urgency="emergency",
        clinician_label="Saddle anaesthesia",
        question="Do you have numbness around your genitals or back passage?",
        sign="Numbness around the genitals or back passage",
        what_to_do="Go to an emergency department now.",
    ),
    DocumentRedFlag(
        code="leg_weakness",
        urgency="call_today",
        clinician_label="New or worsening leg weakness",
        question="Is one of your legs getting weaker?",
        sign="A leg that gets weaker",
        what_to_do="Call your clinic today.",
    ),
)


def make_document(
    plan: Plan, *, days: tuple[int, ...] = (1, 3, 7), start: date = TODAY, number: int = 1, **fields: Any
) -> PlanDocument:
    """A plan of two weeks with an exercise, heat and a sedating medicine; check-ins on ``days`` after its start."""
    clinic, patient = plan.clinic, plan.patient
    first = make_phase(
        start,
        7,
        (
            make_item(),
            make_item("heat-moist", "Moist heat", category="heat_cold", tags=("heat",)),
            make_item(
                "med-muscle-relaxant", "Muscle relaxant", category="medicine", tags=("relaxant", "sedating")
            ),
        ),
    )
    second = make_phase(
        start + timedelta(days=7), 7, (make_item("ex-walking", "Walking"),), code="second", name="Then"
    )
    defaults = {
        "plan_id": str(plan.pk),
        "version_number": number,
        "title": plan.title,
        "for_patient": "This plan helps your back to calm down.",
        "language": patient.language,
        "patient": DocumentPatient(
            name=patient.full_name, birth_date=patient.birth_date, record_number=patient.record_number
        ),
        "clinic": DocumentClinic(
            name=clinic.name,
            address=clinic.address,
            phone=clinic.phone,
            emergency_number=clinic.emergency_number,
            country=clinic.country,
            brand_colour=clinic.brand_colour,
        ),
        "clinician": plan.owner.name,
        "episode": DocumentEpisode(
            diagnosis=plan.episode.diagnosis,
            body_region="low_back",
            onset_on=start,
            surgery_type="",
            surgery_on=None,
        ),
        "anchor_on": start,
        "cold_to_heat_on": None,
        "clearance_on": None,
        "published_on": start,
        "phases": (first, second),
        "red_flags": RED_FLAGS,
        "check_ins": tuple(
            DocumentCheckIn(due_on=start + timedelta(days=day), kind="scheduled") for day in days
        ),
    }
    return PlanDocument(**(defaults | fields))


def make_plan(patient: Patient, owner: User, *, now: datetime = NOW, title: str = "Acute spasm plan") -> Plan:
    episode = Episode.objects.create(
        patient=patient,
        diagnosis="Acute lumbar spasm",
        body_region="low_back",
        onset_on=now.date(),
        created_at=now,
        created_by=owner,
    )
    return Plan.objects.create(
        clinic=patient.clinic,
        patient=patient,
        episode=episode,
        title=title,
        owner=owner,
        created_at=now,
        state=Plan.State.ACTIVE,
    )


def make_version(
    plan: Plan, *, now: datetime = NOW, document: PlanDocument | None = None, **fields: Any
) -> PlanVersion:
    """Publish ``document``, or the usual one with ``fields``, as the plan's next version."""
    number = plan.versions.count() + 1
    document = document or make_document(plan, number=number, **fields)
    draft = Draft.objects.create(
        plan=plan,
        title=plan.title,
        language=document.language,
        anchor_on=document.anchor_on,
        opened_at=now,
        opened_by=plan.owner,
        changed_at=now,
        changed_by=plan.owner,
        closed_at=now,
    )
    data, nonce = canonical_data(document), new_nonce()
    return PlanVersion.objects.create(
        plan=plan,
        number=number,
        draft=draft,
        document_data=data,
        document_sha256=sha256_of(data),
        published_at=now,
        published_by=plan.owner,
        link_nonce=nonce,
        link_token_hash=hash_token(derive_token(nonce, purpose="plan")),
    )
