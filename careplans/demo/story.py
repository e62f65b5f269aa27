"""What a demo patient's story is made of, read from ``stories/*.yaml`` and checked. Pure.

All ages of things are days before the day on which the demo is made, so that its worklist is about today.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from careplans.library.dose import Dose
from patients.names import fold_name

FOLDER = Path(__file__).parent / "stories"
DaysAgo = Annotated[int, Field(ge=0, le=84)]
Leave = Literal["open", "acknowledged", "resolved"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edit(_Part):
    """One change to a draft: exactly one of ``add``, ``remove`` and ``change`` names a component."""

    add: str = ""
    remove: str = ""
    change: str = ""
    phase: str = ""
    dose: Dose | None = None
    note: str = ""

    @property
    def component(self) -> str:
        return self.add or self.remove or self.change


class Surgery(_Part):
    type: Literal["decompression", "discectomy", "fusion"]
    ago: DaysAgo


class EpisodeStory(_Part):
    diagnosis: str
    region: str = "low_back"
    began: Annotated[int, Field(ge=0)]
    surgery: Surgery | None = None
    contributors: tuple[str, ...] = ()


class Revision(_Part):
    ago: DaysAgo
    edits: tuple[Edit, ...]
    is_published: bool = True


class Ending(_Part):
    ago: DaysAgo
    state: Literal["completed", "stopped"] = "completed"
    reason: str


class PlanStory(_Part):
    """``asks`` sets the days of the check-ins by hand (negative ones lie ahead); else the template's count."""

    template: str | None = None
    edits: tuple[Edit, ...] = ()
    reasons: dict[str, str] = {}
    asks: tuple[int, ...] = ()
    revisions: tuple[Revision, ...] = ()
    ending: Ending | None = None
    is_published: bool = True


class Course(_Part):
    """How the patient does: pain from ``start`` towards ``end`` within about ``days``; ``replies`` is a share of 1."""

    start: Annotated[int, Field(ge=0, le=10)] = 5
    end: Annotated[int, Field(ge=0, le=10)] = 2
    days: Annotated[int, Field(ge=1)] = 30
    replies: float = 0.9
    does: float = 0.8
    silent_from: int | None = None


class Moment(_Part):
    """Something special in one answer: that to the ``ask``-th check-in, or the ``fresh`` one, some minutes ago."""

    ask: int | None = None
    fresh: int | None = None
    pain: int | None = None
    flags: tuple[str, ...] = ()
    side_effects: tuple[str, ...] = ()
    wants_call: bool = False
    comment: str = ""
    note: str = ""
    resolution: str = ""
    taken_up_after: int | None = None
    leave: Leave = "resolved"


class Story(_Part):
    name: tuple[str, str]
    age: Annotated[int, Field(ge=18, le=100)]
    birthday: tuple[int, int]
    language: str = "en"
    zone: str = "Europe/London"
    contact: Literal["email", "no_consent", "no_address", "refused"] = "email"
    opted_out: DaysAgo | None = None
    clinician: Annotated[int, Field(ge=0, le=2)] = 0
    registered: DaysAgo
    facts: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    episode: EpisodeStory | None = None
    plan: PlanStory | None = None
    course: Course = Course()
    moments: tuple[Moment, ...] = ()
    silence: Leave = "resolved"

    @property
    def full_name(self) -> str:
        return " ".join(self.name)

    @property
    def address(self) -> str:
        """Unique like the name; ``.example`` never reaches anybody."""
        return ".".join(fold_name(self.full_name).split()) + "@patient.example"


class Words(_Part):
    """Sentences to choose from: comments by language and mood, notes of staff by the kind of alert."""

    comments: dict[str, dict[str, tuple[str, ...]]]
    notes: dict[str, tuple[str, ...]]
    resolutions: dict[str, tuple[str, ...]]


@cache
def read_stories() -> tuple[Story, ...]:
    files = sorted(FOLDER.glob("*.yaml"))
    return tuple(Story.model_validate(data) for file in files for data in _yaml(file))


@cache
def read_words() -> Words:
    return Words.model_validate(_yaml(FOLDER.parent / "words.yaml"))


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
