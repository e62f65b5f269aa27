"""The safety assessment: which rules apply to a plan for this patient. Pure, and never cached.

Source of the rules: the clinic's library, each rule with its own source; see ``docs/clinical-safety.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from careplans.library.conditions import (
    AgeCondition,
    AllergyCondition,
    AlwaysCondition,
    BeforeDayCondition,
    Condition,
    CourseCondition,
    FactCondition,
    StoppedCondition,
    TogetherCondition,
)
from careplans.library.rules import Rule
from careplans.plans.after_surgery import Surgery, codes_of, waits
from careplans.plans.document import DocumentItem, DocumentPhase, PlanDocument
from careplans.plans.stopping import days_of, stops_early

SEVERITY_ORDER = {"stop": 0, "caution": 1, "inform": 2}


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

    @property
    def needs_answer(self) -> bool:
        """A stop needs a written reason, a caution an acknowledgement; what only informs needs nothing."""
        return self.severity in ("stop", "caution")


@dataclass(frozen=True)
class _Placed:
    item: DocumentItem
    phase: DocumentPhase


def assess(
    document: PlanDocument,
    facts: PatientFacts,
    rules: Sequence[Rule],
    today: date,
    *,
    before: PlanDocument | None = None,
) -> tuple[Finding, ...]:
    """Every finding, gravest first. Phases that ended before ``today`` are no longer asked about,
    but medicine taken in them still counts towards the length of its course.

    ``before`` is the version the patient follows now, None where nothing was published.
    """
    told = _placed(before) if before else []
    ahead = [one for one in _placed(document) if _is_ahead(one, today)]
    context = _Context(document, facts, today, ahead)
    findings = [
        finding
        for rule in rules
        # What stops is no longer there to be looked at: such a rule looks at the version before.
        for targets in _by_code(told if _asks_what_stops(rule) else ahead)
        if _is_aimed_at(rule, targets[0].item) and (finding := _apply(rule, targets, context)) is not None
    ]
    return tuple(
        sorted(findings, key=lambda one: (SEVERITY_ORDER[one.severity], one.item_title, one.rule_code))
    )


def findings_of_ending(
    before: PlanDocument, facts: PatientFacts, rules: Sequence[Rule], today: date
) -> tuple[Finding, ...]:
    """What ending the plan brings about: everything the patient was told to do stops."""
    return assess(before.model_copy(update={"phases": ()}), facts, rules, today, before=before)


def _placed(document: PlanDocument) -> list[_Placed]:
    return [_Placed(item, phase) for phase in document.phases for item in phase.items]


def _by_code(placed: Iterable[_Placed]) -> Iterable[list[_Placed]]:
    by_code: dict[str, list[_Placed]] = {}
    for one in placed:
        by_code.setdefault(one.item.component_code, []).append(one)
    return by_code.values()


def _asks_what_stops(rule: Rule) -> bool:
    return any(isinstance(condition, StoppedCondition) for condition in rule.when)


def _is_aimed_at(rule: Rule, item: DocumentItem) -> bool:
    return item.component_code in rule.components or not rule.tags.isdisjoint(item.tags)


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
    conditions = [one for one in rule.when if not isinstance(one, StoppedCondition)]
    hit = [one for one in targets if all(_holds(condition, one, context) for condition in conditions)]
    stops = [one for one in rule.when if isinstance(one, StoppedCondition)]
    if not hit or not all(_is_stopped(one, rule, targets, context) for one in stops):
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
            return bool(_facts_that_hold(condition, target, context))
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
        case StoppedCondition() | AlwaysCondition():
            return True


def _facts_that_hold(condition: FactCondition, target: _Placed, context: _Context) -> frozenset[str]:
    """Those true now, and those whose last day is no more than the rule's days before the item begins."""
    first, _last = context.days(target)
    lately = {
        code
        for code, last_day in context.facts.ended.items()
        if condition.days_after and (first - last_day).days <= condition.days_after
    }
    return (context.codes(target) | lately) & frozenset(condition.any_of)


def _is_stopped(condition: StoppedCondition, rule: Rule, told: Sequence[_Placed], context: _Context) -> bool:
    """Another component that the rule aims at takes its place: one relaxant of the same kind for another."""
    return stops_early(
        _days(told),
        _days(one for one in context.ahead if _is_aimed_at(rule, one.item)),
        today=context.today,
        lately=condition.ended_within_days,
    )


def _days(placed: Iterable[_Placed]) -> frozenset[date]:
    return frozenset().union(*(days_of(one.item, one.phase) for one in placed))


def _is_too_early(condition: BeforeDayCondition, target: _Placed, context: _Context) -> bool:
    document = context.document
    written = document.cold_to_heat_on if condition.day == "cold_to_heat" else document.clearance_on
    counts_from = document.episode.surgery_on or document.anchor_on
    stretches = waits(context.facts.surgeries, condition.day, written=written, counts_from=counts_from)
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
