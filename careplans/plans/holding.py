"""Whether a condition of a safety rule holds for an item of a plan, and on what it rests. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from careplans.library.conditions import (
    AgeCondition,
    AllergyCondition,
    AlwaysCondition,
    BeforeDayCondition,
    Condition,
    CourseCondition,
    DoseCondition,
    FactCondition,
    StoppedCondition,
    TogetherCondition,
)
from careplans.library.dose import MedicineDose
from careplans.library.rules import Rule
from careplans.plans.after_surgery import Surgery, codes_of, waits
from careplans.plans.document import DocumentItem, DocumentPhase, PlanDocument
from careplans.plans.elsewhere import Told, days_that_touch, medicine_days
from careplans.plans.stopping import days_of, stops_early

# What a condition rests on, as plain data: empty where there is nothing that could be another time different.
Grounds = list[Any]


@dataclass(frozen=True)
class PatientFacts:
    """What is true of the patient today: fact codes, allergy materials in their own words, age in years, surgeries.

    What follows from a surgery is not among ``codes``: it depends on the day and is worked out for each item.
    ``ended`` holds the last day of each fact that is over.
    """

    codes: frozenset[str]
    allergies: tuple[str, ...]
    age: int
    surgeries: tuple[Surgery, ...] = ()
    ended: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """An item in its phase."""

    item: DocumentItem
    phase: DocumentPhase

    @property
    def said(self) -> Grounds:
        """What is done, how much, and in which phase."""
        return [self.item.component_code, self.phase.code, self.item.dose.model_dump(mode="json")]


@dataclass(frozen=True)
class Situation:
    """All that rules may ask about: the plan, the patient, the day, and what is still to be done.

    ``elsewhere`` is what the patient's other plans told, ``ahead_elsewhere`` what is still to be done of those that run.
    """

    document: PlanDocument
    facts: PatientFacts
    today: date
    ahead: Sequence[Placed]
    elsewhere: Sequence[Told] = ()
    ahead_elsewhere: Sequence[Placed] = ()

    def days(self, target: Placed) -> tuple[date, date]:
        """The first day from today on and the last one on which the item is done."""
        done = target.item.course or target.phase
        return max(done.starts_on, self.today), done.ends_on

    def codes(self, target: Placed) -> frozenset[str]:
        """Facts recorded, and facts that follow from a surgery while this item is done."""
        return self.facts.codes | codes_of(self.facts.surgeries, *self.days(target))

    def course_days(self, component_code: str) -> int:
        """Days of a medicine over the whole plan, those behind included, and of other plans that its course touches."""
        here = self.document.medicine_days(component_code)
        other = medicine_days(self.elsewhere, component_code)
        return self.document.course_days(component_code) + days_that_touch(here, other)


def grounds_of(condition: Condition, target: Placed, situation: Situation) -> Grounds | None:
    """On what the condition rests for this item; None where it does not hold."""
    match condition:
        case FactCondition():
            return _or_none(_facts_that_hold(condition, target, situation))
        case AgeCondition():
            return [] if situation.facts.age >= condition.at_least else None
        case CourseCondition():
            days = situation.course_days(target.item.component_code)
            return [days] if days > condition.longer_than_days else None
        case TogetherCondition():
            others = [*situation.ahead, *situation.ahead_elsewhere]
            return _or_none(_others(condition, target, others))
        case BeforeDayCondition():
            return _or_none(_days_to_wait_for(condition, target, situation))
        case AllergyCondition():
            return _or_none(_named(situation.facts.allergies, condition))
        case DoseCondition():
            # The dose itself is always part of what a finding is about.
            dose = target.item.dose
            return [] if isinstance(dose, MedicineDose) and condition.is_exceeded_by(dose) else None
        case StoppedCondition() | AlwaysCondition():
            return []


def is_aimed_at(rule: Rule, item: DocumentItem) -> bool:
    return item.component_code in rule.components or not rule.tags.isdisjoint(item.tags)


def grounds_of_stop(
    condition: StoppedCondition, rule: Rule, told: Sequence[Placed], situation: Situation
) -> Grounds | None:
    """The last day told and the last one now, where what was ``told`` stops earlier.

    Another component that the rule aims at takes its place: one medicine of the same kind for another.
    """
    before = _days(told)
    now = _days(one for one in situation.ahead if is_aimed_at(rule, one.item))
    lately = condition.ended_within_days
    if not stops_early(before, now, today=situation.today, lately=lately):
        return None
    return [str(max(before)), str(max(now, default=""))]


def _or_none(grounds: Grounds) -> Grounds | None:
    return grounds or None


def _facts_that_hold(condition: FactCondition, target: Placed, situation: Situation) -> Grounds:
    """Those true now, and those whose last day is no more than the rule's days before the item begins."""
    first, _last = situation.days(target)
    lately = {
        code
        for code, last_day in situation.facts.ended.items()
        if condition.days_after and (first - last_day).days <= condition.days_after
    }
    return sorted((situation.codes(target) | lately).intersection(condition.any_of))


def _days(placed: Iterable[Placed]) -> frozenset[date]:
    return frozenset().union(*(days_of(one.item, one.phase) for one in placed))


def _days_to_wait_for(condition: BeforeDayCondition, target: Placed, situation: Situation) -> Grounds:
    document = situation.document
    written = document.cold_to_heat_on if condition.day == "cold_to_heat" else document.clearance_on
    stretches = waits(
        situation.facts.surgeries,
        condition.day,
        written=written,
        counts_from=document.episode.surgery_on or document.anchor_on,
    )
    first, last = situation.days(target)
    waited_for = [str(over_on) for since, over_on in stretches if first < over_on and last >= since]
    return [str(target.phase.starts_on), *waited_for] if waited_for else []


def _others(condition: TogetherCondition, target: Placed, ahead: Iterable[Placed]) -> Grounds:
    others = (one for one in ahead if one.item.component_code != target.item.component_code)
    return [
        one.said
        for one in others
        if one.item.component_code in condition.components
        or not set(condition.tags).isdisjoint(one.item.tags)
    ]


def _named(allergies: Iterable[str], condition: AllergyCondition) -> Grounds:
    """Allergies in the clinician's own words that name one of the materials, by any of its names."""
    wanted = [_bare(name) for name in (*condition.materials, *condition.also_called)]
    return [allergy for allergy in allergies if any(one in _bare(allergy) for one in wanted)]


def _bare(name: str) -> str:
    """Letters and digits alone: "Band-Aid", "band aid" and "BANDAID" are one, and so are "Doliprané" and "doliprane"."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name).casefold() if sign.isalnum())
