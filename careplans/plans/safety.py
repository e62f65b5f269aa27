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
from careplans.library.dose import MedicineDose
from careplans.library.rules import Rule
from careplans.plans.document import DocumentItem, DocumentPhase, PlanDocument

SEVERITY_ORDER = {"stop": 0, "caution": 1, "inform": 2}


@dataclass(frozen=True)
class PatientFacts:
    """What is true of the patient today: fact codes, allergy materials in their own words, age in years."""

    codes: frozenset[str]
    allergies: tuple[str, ...]
    age: int


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
    ahead = [one for one in placed if one.phase.ends_on >= today]
    by_code: dict[str, list[_Placed]] = {}
    for one in ahead:
        by_code.setdefault(one.item.component_code, []).append(one)
    context = _Context(document, facts, placed, ahead)
    findings = [
        finding
        for rule in rules
        for targets in by_code.values()
        if (finding := _apply(rule, targets, context)) is not None
    ]
    return tuple(
        sorted(findings, key=lambda one: (SEVERITY_ORDER[one.severity], one.item_title, one.rule_code))
    )


@dataclass(frozen=True)
class _Context:
    document: PlanDocument
    facts: PatientFacts
    placed: Sequence[_Placed]
    ahead: Sequence[_Placed]

    def course_days(self, component_code: str) -> int:
        """Days of a medicine over all phases of the plan."""
        return sum(
            one.item.dose.course_days
            for one in self.placed
            if one.item.component_code == component_code and isinstance(one.item.dose, MedicineDose)
        )


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
            return not context.facts.codes.isdisjoint(condition.any_of)
        case AgeCondition():
            return context.facts.age >= condition.at_least
        case CourseCondition():
            return context.course_days(target.item.component_code) > condition.longer_than_days
        case TogetherCondition():
            return _is_with_another(condition, target, context.ahead)
        case BeforeDayCondition():
            document = context.document
            day = document.cold_to_heat_on if condition.day == "cold_to_heat" else document.clearance_on
            return day is not None and target.phase.starts_on < day
        case AllergyCondition():
            return _names_any(context.facts.allergies, condition.materials)
        case AlwaysCondition():
            return True


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
