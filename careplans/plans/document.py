"""The plan document: what was decided and told, frozen. Handout, check-ins and comparison read only this.

Texts are already in the patient's language; dates are the patient's calendar days. Pure.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from careplans.library.dose import Dose, MedicineDose, days_of
from careplans.plans.document_before import from_schema_1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSays(_Part):
    code: str
    title: str
    says: str


class Course(_Part):
    """The days on which something with a limited number of days is done: ``starts_on`` to ``ends_on``, both included.

    Decided once, when the item is first published, and never counted anew by a reader (``courses.py``).
    """

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    def holds(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


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
    # None where the dose has no limited number of days, and where its days were over before it was published.
    course: Course | None = None
    note: str
    picture: str
    grade: str
    effect: str
    effect_text: str
    sources: tuple[SourceSays, ...]

    @property
    def course_days(self) -> int | None:
        """For how many days it was decided; None for what goes on as long as its phase does."""
        return days_of(self.dose)

    def is_over_by(self, day: date) -> bool:
        """Whether it had a limited number of days and they are behind on ``day``."""
        return self.course_days is not None and (self.course is None or self.course.ends_on < day)


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
    # The language its words are really in; empty where it is the document's.
    text_language: str = ""

    def is_done_on(self, item: DocumentItem, day: date) -> bool:
        """Whether an item of this phase is done on ``day``. A medicine may go on past its phase, never past its course."""
        if item.course_days is None:
            return self.starts_on <= day <= self.ends_on
        return item.course is not None and item.course.holds(day)


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


class DocumentTaken(_Part):
    """Days of a medicine that lie behind the patient and belong to no course of this document any more."""

    component_code: str
    days: int


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
    schema_number: Literal[2] = 2
    plan_id: str
    version_number: int
    title: str
    for_patient: str
    language: str
    # The language title and purpose are really in; empty where it is the document's.
    text_language: str = ""
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
    taken: tuple[DocumentTaken, ...] = ()
    findings: tuple[DocumentFinding, ...] = ()
    # Sentences to the patient; empty in version 1.
    changes: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _read_what_was_stored_before(cls, data: Any) -> Any:
        return from_schema_1(data) if isinstance(data, dict) and data.get("schema_number") == 1 else data

    @property
    def items(self) -> tuple[DocumentItem, ...]:
        return tuple(item for phase in self.phases for item in phase.items)

    @property
    def starts_on(self) -> date:
        return self.phases[0].starts_on

    @property
    def ends_on(self) -> date:
        return self.phases[-1].ends_on

    @property
    def last_day(self) -> date:
        """The last day on which anything is done: a medicine may outlast the phases."""
        ends = [item.course.ends_on for item in self.items if item.course]
        return max(self.ends_on, *ends) if ends else self.ends_on

    def course_days(self, component_code: str) -> int:
        """Days of a medicine over the whole plan, those behind the patient included. What a rule on its length asks."""
        behind = sum(one.days for one in self.taken if one.component_code == component_code)
        return behind + len(self.medicine_days(component_code))

    def medicine_days(self, component_code: str) -> frozenset[date]:
        """The days of this document's courses of a medicine."""
        return frozenset(
            item.course.starts_on + timedelta(days=number)
            for item in self.items
            if item.component_code == component_code and item.course and isinstance(item.dose, MedicineDose)
            for number in range(item.course.days)
        )

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
