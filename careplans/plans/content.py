"""What a plan document is made of, apart from where it was read: rows of a draft, or a template for a pretend patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from careplans.accounts.models import Clinic
from careplans.library.dose import Dose
from careplans.library.models import ComponentVersion
from careplans.library.translations import Telling
from careplans.plans.document import DocumentEpisode, DocumentPatient, PlanDocument


@dataclass(frozen=True)
class ItemContent:
    """A component with its dose; ``component_version`` comes with its component and texts."""

    key: str
    component_version: ComponentVersion
    dose: Dose
    note: str = ""


@dataclass(frozen=True)
class PhaseContent:
    """A phase counted in days from day 0. ``words``: name, aims, avoid, move_on_when and step_back_when."""

    code: str
    starts_on_day: int
    days: int
    starts: str
    criteria: Mapping[str, Any]
    check_in_days: Sequence[int]
    words: Mapping[str, Any]
    items: Sequence[ItemContent]


@dataclass(frozen=True)
class Content:
    """Everything ``assemble.document_of`` needs. The two days after surgery count from it, or from day 0 without one.

    ``before`` is what the patient follows now; ``asked`` the (phase code, day) of check-ins that are not asked again.
    """

    plan_id: str
    clinic: Clinic
    clinician: str
    patient: DocumentPatient
    episode: DocumentEpisode
    language: str
    text_language: str
    title: str
    for_patient: str
    anchor_on: date
    cold_to_heat_day: int | None
    clearance_day: int | None
    phases: Sequence[PhaseContent]
    version_number: int = 1
    before: PlanDocument | None = None
    asked: frozenset[tuple[str, int]] = frozenset()
    # Which translations the clinic uses; read anew where it is not given.
    telling: Telling | None = None

    def starts_on(self, phase: PhaseContent) -> date:
        return self.anchor_on + timedelta(days=phase.starts_on_day)

    def after_surgery(self, day: int | None) -> date | None:
        return None if day is None else (self.episode.surgery_on or self.anchor_on) + timedelta(days=day)
