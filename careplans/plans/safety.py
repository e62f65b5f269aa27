"""The safety assessment: which rules apply to a plan for this patient. Pure, and never cached.

Source of the rules: the clinic's library, each rule with its own source; see ``docs/clinical-safety.md``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from careplans.library.conditions import StoppedCondition
from careplans.library.rules import Rule
from careplans.plans.document import PlanDocument
from careplans.plans.elsewhere import Told
from careplans.plans.holding import (
    Grounds,
    PatientFacts,
    Placed,
    Situation,
    grounds_of,
    grounds_of_stop,
    is_aimed_at,
)

SEVERITY_ORDER = {"stop": 0, "caution": 1, "inform": 2}


@dataclass(frozen=True)
class Finding:
    """A rule that applies to a component of the plan.

    ``key`` names what a decision covers: what the rule says, the items with their doses, and what each condition
    rests on. Whatever of it changes makes another finding, which nobody has decided yet.
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


def assess(
    document: PlanDocument,
    facts: PatientFacts,
    rules: Sequence[Rule],
    today: date,
    *,
    before: PlanDocument | None = None,
    elsewhere: Sequence[Told] = (),
) -> tuple[Finding, ...]:
    """Every finding, gravest first. Phases that ended before ``today`` are no longer asked about,
    but medicine taken in them still counts towards the length of its course.

    ``before`` is the version the patient follows now, None where nothing was published; ``elsewhere`` what the
    patient's other plans told.
    """
    situation = situation_of(document, facts, today, elsewhere=elsewhere)
    told = _placed(before) if before else []
    findings = [
        finding
        for rule in rules
        for targets in targets_of(rule, situation, told)
        if (finding := _apply(rule, targets, situation)) is not None
    ]
    return tuple(
        sorted(findings, key=lambda one: (SEVERITY_ORDER[one.severity], one.item_title, one.rule_code))
    )


def situation_of(
    document: PlanDocument, facts: PatientFacts, today: date, *, elsewhere: Sequence[Told] = ()
) -> Situation:
    """What the rules look at: what is still to be done here, and of the patient's other plans that run."""
    ahead = [one for one in _placed(document) if _is_ahead(one, today)]
    running = [one.document for one in elsewhere if one.until is None or one.until > today]
    ahead_elsewhere = [one for plan in running for one in _placed(plan) if _is_ahead(one, today)]
    return Situation(document, facts, today, ahead, elsewhere, ahead_elsewhere)


def targets_of(rule: Rule, situation: Situation, told: Sequence[Placed]) -> list[list[Placed]]:
    """The items of each component the rule aims at; ``told`` are those of the version before.

    What stops is no longer there to be looked at: a rule that asks for it looks at the version before.
    """
    items = told if _asks_what_stops(rule) else situation.ahead
    return [targets for targets in _by_code(items) if is_aimed_at(rule, targets[0].item)]


def findings_of_ending(
    before: PlanDocument, facts: PatientFacts, rules: Sequence[Rule], today: date
) -> tuple[Finding, ...]:
    """What ending the plan brings about: everything the patient was told to do stops."""
    return assess(before.model_copy(update={"phases": ()}), facts, rules, today, before=before)


def _placed(document: PlanDocument) -> list[Placed]:
    return [Placed(item, phase) for phase in document.phases for item in phase.items]


def _by_code(placed: Iterable[Placed]) -> Iterable[list[Placed]]:
    by_code: dict[str, list[Placed]] = {}
    for one in placed:
        by_code.setdefault(one.item.component_code, []).append(one)
    return by_code.values()


def _asks_what_stops(rule: Rule) -> bool:
    return any(isinstance(condition, StoppedCondition) for condition in rule.when)


def _is_ahead(one: Placed, today: date) -> bool:
    """A medicine may still run when its phase is over, and be over while its phase runs."""
    if one.item.course_days is None:
        return one.phase.ends_on >= today
    return not one.item.is_over_by(today)


def _apply(rule: Rule, targets: Sequence[Placed], situation: Situation) -> Finding | None:
    """The finding of ``rule`` on the items of one component, if it applies to any of them."""
    first = targets[0].item
    hit: list[Placed] = []
    matter: Grounds = [rule.severity, rule.message]
    for condition in rule.when:
        if isinstance(condition, StoppedCondition):
            stop = grounds_of_stop(condition, rule, targets, situation)
            if stop is None:
                return None
            matter.append(stop)
    for one in targets:
        grounds = [grounds_of(condition, one, situation) for condition in rule.when]
        if None not in grounds:
            hit.append(one)
            matter += [one.said, grounds]
    if not hit:
        return None
    return Finding(
        key=_key(rule, first.component_code, matter),
        rule_code=rule.code,
        severity=rule.severity,
        component_code=first.component_code,
        item_keys=tuple(one.item.key for one in hit),
        item_title=first.title,
        message=rule.message,
        instead=rule.instead,
        source=rule.source,
    )


def _key(rule: Rule, component_code: str, matter: Grounds) -> str:
    text = json.dumps(matter, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{rule.code}:{component_code}:{hashlib.sha256(text.encode()).hexdigest()[:24]}"
