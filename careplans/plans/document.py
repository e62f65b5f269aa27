"""The plan document: what was decided and told, frozen. Handout, check-ins and comparison read only this.

Texts are already in the patient's language; dates are the patient's calendar days. Pure.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from careplans.library.dose import Dose


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSays(_Part):
    code: str
    title: str
    says: str


class DocumentItem(_Part):
    """A component with its dose in one phase. ``key`` is stable over revisions of the plan."""

    key: str
    component_code: str
    component_version_id: str
    component_version_number: int
    category: str
    tags: tuple[str, ...]
    title: str
    why: str
    steps: tuple[str, ...]
    feel: str
    watch_for: str
    stop_if: str
    text_language: str
    dose: Dose
    dose_in_words: str
    note: str
    picture: str
    grade: str
    effect: str
    effect_text: str
    sources: tuple[SourceSays, ...]


class Criteria(_Part):
    pain_at_most: int | None = None
    adherence_at_least: int | None = None
    days_at_least: int | None = None
    clinician_confirms: bool = False


class DocumentPhase(_Part):
    """``starts_on`` to ``ends_on``, both included."""

    code: str
    name: str
    starts_on: date
    ends_on: date
    starts: Literal["by_date", "by_decision"]
    aims: tuple[str, ...]
    avoid: tuple[str, ...]
    move_on_when: tuple[str, ...]
    step_back_when: tuple[str, ...]
    criteria: Criteria
    items: tuple[DocumentItem, ...]


class DocumentRedFlag(_Part):
    code: str
    urgency: Literal["emergency", "call_today"]
    clinician_label: str
    question: str
    sign: str
    what_to_do: str
    # The language the three texts are really in.
    text_language: str = "en"


class DocumentCheckIn(_Part):
    """A day on which the patient is asked; ``course_end`` ones close a medicine course."""

    due_on: date
    kind: Literal["scheduled", "course_end"]


class DocumentFinding(_Part):
    """A safety finding at publishing, with the clinician's decision."""

    key: str
    severity: Literal["stop", "caution", "inform"]
    item_title: str
    message: str
    instead: str
    source: str
    reason: str
    decided_by: str


class DocumentPatient(_Part):
    name: str
    birth_date: date
    record_number: str


class DocumentClinic(_Part):
    name: str
    address: str
    phone: str
    emergency_number: str
    country: str
    brand_colour: str


class DocumentEpisode(_Part):
    diagnosis: str
    body_region: str
    onset_on: date
    surgery_type: str
    surgery_on: date | None


class PlanDocument(_Part):
    schema_number: Literal[1] = 1
    plan_id: str
    version_number: int
    title: str
    for_patient: str
    language: str
    patient: DocumentPatient
    clinic: DocumentClinic
    clinician: str
    episode: DocumentEpisode
    anchor_on: date
    cold_to_heat_on: date | None
    clearance_on: date | None
    published_on: date
    phases: tuple[DocumentPhase, ...]
    red_flags: tuple[DocumentRedFlag, ...]
    check_ins: tuple[DocumentCheckIn, ...]
    findings: tuple[DocumentFinding, ...] = ()
    # Sentences to the patient; empty in version 1.
    changes: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[DocumentItem, ...]:
        return tuple(item for phase in self.phases for item in phase.items)

    @property
    def starts_on(self) -> date:
        return self.phases[0].starts_on

    @property
    def ends_on(self) -> date:
        return self.phases[-1].ends_on

    def phase_on(self, day: date) -> DocumentPhase | None:
        """The phase that runs on ``day``; None before the first and after the last."""
        return next((phase for phase in self.phases if phase.starts_on <= day <= phase.ends_on), None)


def canonical_data(document: PlanDocument) -> dict[str, Any]:
    """The document as plain JSON data, the same for the same document on every machine."""
    data: dict[str, Any] = document.model_dump(mode="json")
    return data


def sha256_of(data: dict[str, Any]) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
