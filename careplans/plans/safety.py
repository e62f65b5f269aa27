"""The safety assessment: which rules apply to a plan for this patient. Pure, and never cached.

Source of the rules: the clinic's library, each rule with its own source; see ``docs/clinical-safety.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from careplans.library.conditions import (
    AgeCondition,
    AllergyCondition,
    AlwaysCondition,
    BeforeDayCondition,
    Condition,
    CourseCondition,
    FactCondition,
    TogetherCondition,
)
from careplans.library.rules import Rule
from careplans.plans.after_surgery import Surgery, codes_of, waits
from careplans.plans.document import DocumentItem, DocumentPhase, PlanDocument

SEVERITY_ORDER = {"stop": 0, "caution": 1, "inform": 2}


@dataclass(frozen=True)
class PatientFacts:
    """What is true of the patient today: fact codes, allergy materials in their own words, age in years, surgeries.

    What follows from a surgery is not among ``codes``: it depends on the day and is worked out for each item.
    """

    codes: frozenset[str]
    allergies: tuple[str, ...]
    age: int
    surgeries: tuple[Surgery, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A rule that applies to a component of the plan.

    ``key`` names what a decision covers. It holds the length of a medicine course, so that a reason given for
    28 days does not cover 60.
    """

    key: str
    rule_code: str
    severity: str
    component_code: str
    item_keys: tuple[str, ...]
    item_title: str
    message: str
    instead: str
    source: str


@dataclass(frozen=True)
class _Placed:
    item: DocumentItem
    phase: DocumentPhase


def assess(
    document: PlanDocument, facts: PatientFacts, rules: Sequence[Rule], today: date
) -> tuple[Finding, ...]:
    """Every finding, gravest first. Phases that ended before ``today`` are no longer asked about,
    but medicine taken in them still counts towards the length of its course."""
    placed = [_Placed(item, phase) for phase in document.phases for item in phase.items]
    ahead = [one for one in placed if _is_ahead(one, today)]
    by_code: dict[str, list[_Placed]] = {}
    for one in ahead:
        by_code.setdefault(one.item.component_code, []).append(one)
    context = _Context(document, facts, today, placed, ahead)
    findings = [
        finding
        for rule in rules
        for targets in by_code.values()
        if (finding := _apply(rule, targets, context)) is not None
    ]
    return tuple(
        sorted(findings, key=lambda one: (SEVERITY_ORDER[one.severity], one.item_title, one.rule_code))
    )


def _is_ahead(one: _Placed, today: date) -> bool:
    """A medicine may still run when its phase is over, and be over while its phase runs."""
    if one.item.course_days is None:
        return one.phase.ends_on >= today
    return not one.item.is_over_by(today)


@dataclass(frozen=True)
class _Context:
    document: PlanDocument
    facts: PatientFacts
    today: date
    placed: Sequence[_Placed]
    ahead: Sequence[_Placed]

    def days(self, target: _Placed) -> tuple[date, date]:
        """The first day from today on and the last one on which the item is done."""
        done = target.item.course or target.phase
        return max(done.starts_on, self.today), done.ends_on

    def codes(self, target: _Placed) -> frozenset[str]:
        """Facts recorded, and facts that follow from a surgery while this item is done."""
        return self.facts.codes | codes_of(self.facts.surgeries, *self.days(target))

    def course_days(self, component_code: str) -> int:
        """Days of a medicine over the whole plan, as its courses were frozen, those behind included."""
        return self.document.course_days(component_code)


def _apply(rule: Rule, targets: Sequence[_Placed], context: _Context) -> Finding | None:
    """The finding of ``rule`` on the items of one component, if it applies to any of them."""
    first = targets[0].item
    if first.component_code not in rule.components and not rule.tags.intersection(first.tags):
        return None
    hit = [one for one in targets if all(_holds(condition, one, context) for condition in rule.when)]
    if not hit:
        return None
    return Finding(
        key=_key(rule, first.component_code, context),
        rule_code=rule.code,
        severity=rule.severity,
        component_code=first.component_code,
        item_keys=tuple(one.item.key for one in hit),
        item_title=first.title,
        message=rule.message,
        instead=rule.instead,
        source=rule.source,
    )


def _key(rule: Rule, component_code: str, context: _Context) -> str:
    key = f"{rule.code}:{component_code}"
    if any(isinstance(condition, CourseCondition) for condition in rule.when):
        key += f":{context.course_days(component_code)}-days"
    return key


def _holds(condition: Condition, target: _Placed, context: _Context) -> bool:
    match condition:
        case FactCondition():
            return not context.codes(target).isdisjoint(condition.any_of)
        case AgeCondition():
            return context.facts.age >= condition.at_least
        case CourseCondition():
            return context.course_days(target.item.component_code) > condition.longer_than_days
        case TogetherCondition():
            return _is_with_another(condition, target, context.ahead)
        case BeforeDayCondition():
            return _is_too_early(condition, target, context)
        case AllergyCondition():
            return _names_any(context.facts.allergies, condition.materials)
        case AlwaysCondition():
            return True


def _is_too_early(condition: BeforeDayCondition, target: _Placed, context: _Context) -> bool:
    document = context.document
    written = document.cold_to_heat_on if condition.day == "cold_to_heat" else document.clearance_on
    stretches = waits(context.facts.surgeries, condition.day, written=written, counts_from=document.anchor_on)
    first, last = context.days(target)
    return any(first < over_on and last >= since for since, over_on in stretches)


def _is_with_another(condition: TogetherCondition, target: _Placed, ahead: Iterable[_Placed]) -> bool:
    others = (one.item for one in ahead if one.item.component_code != target.item.component_code)
    return any(
        item.component_code in condition.components or not set(condition.tags).isdisjoint(item.tags)
        for item in others
    )


def _names_any(allergies: Iterable[str], materials: Iterable[str]) -> bool:
    """Whether an allergy in the clinician's own words names one of the materials, whatever the case."""
    written = [allergy.casefold() for allergy in allergies]
    return any(material.casefold() in allergy for material in materials for allergy in written)
