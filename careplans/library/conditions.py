"""Conditions of a safety rule: what must hold of the patient or the plan for the rule to apply.

Each condition is one closed question; a rule holds a list of them and applies when all hold. Pure: these say what
is asked, ``careplans.plans`` answers it. Fact codes and tags are plain strings here, because the library may not
import the patients; a test holds the starter library's codes against the real ones.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from careplans.library.dose import MedicineDose, Unit

Word = Annotated[str, Field(min_length=1, max_length=80)]
Words = Annotated[tuple[Word, ...], Field(min_length=1)]


class _Condition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FactCondition(_Condition):
    """The patient has at least one of these clinical facts now, or had it until lately.

    ``days_after``: for so many days after its last one a fact still counts, seen from the first day on which the
    item would be done: what a medicine needs to leave the body.
    """

    kind: Literal["fact"] = "fact"
    any_of: Words
    days_after: Annotated[int, Field(ge=0, le=3650)] = 0


class AgeCondition(_Condition):
    """The patient is this old or older, in completed years."""

    kind: Literal["age"] = "age"
    at_least: Annotated[int, Field(ge=0, le=120)]


class CourseCondition(_Condition):
    """The target medicine is planned for more than this many days, over all phases of the plan."""

    kind: Literal["course"] = "course"
    longer_than_days: Annotated[int, Field(ge=0, le=3650)]


class TogetherCondition(_Condition):
    """The plan also holds a *different* component that carries one of the tags or has one of the codes.

    The target's own component in another phase is the same treatment going on, not a second one.
    """

    kind: Literal["together"] = "together"
    tags: tuple[Word, ...] = ()
    components: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _names_something(self) -> TogetherCondition:
        if not self.tags and not self.components:
            raise ValueError("Name at least one tag or component that the plan must also hold.")
        return self


class BeforeDayCondition(_Condition):
    """The item would be done before this day after surgery.

    The plan's own day counts; where the plan has none, the usual day for each surgery of the patient. Never true
    for a patient without surgery in a plan without such a day.
    """

    kind: Literal["before_day"] = "before_day"
    day: Literal["cold_to_heat", "clearance"]


class AllergyCondition(_Condition):
    """The patient has an allergy whose detail names one of these materials or medicines, however it is spelled.

    ``also_called``: brands, related substances and frequent misspellings, which people write down instead.
    """

    kind: Literal["allergy"] = "allergy"
    materials: Words
    also_called: tuple[Word, ...] = ()


class DoseCondition(_Condition):
    """The target medicine is written in another unit than these, or there is more of it than this.

    Both amounts are in the first unit. Millilitres cannot be told from a weight, and stand alone.
    """

    kind: Literal["dose"] = "dose"
    units: Annotated[tuple[Unit, ...], Field(min_length=1)]
    most_each: Annotated[Decimal, Field(gt=0, le=Decimal(100000))]
    most_a_day: Annotated[Decimal, Field(gt=0, le=Decimal(100000))]

    @model_validator(mode="after")
    def _can_be_compared(self) -> DoseCondition:
        if "ml" in self.units and len(self.units) > 1:
            raise ValueError("Millilitres cannot be compared with a weight: list them alone.")
        return self

    def amounts(self, dose: MedicineDose) -> tuple[Decimal, Decimal] | None:
        """At a time and a day, in the first unit; None when the dose is in none of the units."""
        each = dose.each_in(self.units[0]) if dose.unit in self.units else None
        return None if each is None else (each, each * dose.times_a_day)

    def is_exceeded_by(self, dose: MedicineDose) -> bool:
        amounts = self.amounts(dose)
        return amounts is None or amounts[0] > self.most_each or amounts[1] > self.most_a_day


class StoppedCondition(_Condition):
    """The target stood in the version before, has begun, and ends earlier in this one or is gone from it.

    Ending the plan is asked as if nothing were in it any more. ``ended_within_days``: an end that many days ago
    still counts, for whoever ran out without anybody noticing.
    """

    kind: Literal["stopped"] = "stopped"
    ended_within_days: Annotated[int, Field(ge=0, le=365)] = 0


class AlwaysCondition(_Condition):
    """Holds whenever the target is in the plan."""

    kind: Literal["always"] = "always"


Condition = Annotated[
    FactCondition
    | AgeCondition
    | CourseCondition
    | TogetherCondition
    | BeforeDayCondition
    | AllergyCondition
    | DoseCondition
    | StoppedCondition
    | AlwaysCondition,
    Field(discriminator="kind"),
]
condition_adapter: TypeAdapter[Condition] = TypeAdapter(Condition)
