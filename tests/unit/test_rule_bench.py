"""The test bench: what is picked there is assessed as a plan is, and says why a rule did not apply."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from careplans.library.dose import parse_dose
from careplans.library.rules import Rule
from careplans.plans.after_surgery import Surgery
from careplans.plans.holding import PatientFacts
from careplans.workshop.bench import Trial, TriedItem, findings_on, verdicts_on
from tests.make.safety import COMPONENTS, RULES, TODAY

RULE = {rule.code: rule for rule in RULES}


def tried(code: str, *, place: Any = "now", begins: int = 0, days: int = 28, **dose: object) -> TriedItem:
    component = COMPONENTS[code]
    return TriedItem(
        key=f"{code}-{place}",
        code=code,
        title=component.texts["en"].title,
        category=component.category,
        tags=component.tags,
        dose=parse_dose(component.dose.model_dump(mode="json") | dose),
        begins_on=TODAY + timedelta(days=begins),
        days=days,
        place=place,
    )


def trial(
    *items: TriedItem,
    codes: tuple[str, ...] = (),
    allergies: tuple[str, ...] = (),
    age: int = 45,
    surgeries: tuple[Surgery, ...] = (),
    ended: dict[str, int] | None = None,
    **days: date,
) -> Trial:
    over = {code: TODAY - timedelta(days=ago) for code, ago in (ended or {}).items()}
    facts = PatientFacts(frozenset(codes), allergies, age, surgeries, over)
    return Trial(today=TODAY, facts=facts, items=items, **days)


def found(made: Trial, *codes: str) -> list[tuple[str, str]]:
    """Rule and severity, of the rules with these codes or of all."""
    rules = [RULE[code] for code in codes] if codes else RULES
    return [(one.rule_code, one.severity) for one in findings_on(made, rules)]


MAO = "cyclobenzaprine-mao-inhibitor"
CYCLO = "med-cyclobenzaprine"
GOLDEN = [
    ("MAO inhibitor now", trial(tried(CYCLO), codes=("mao_inhibitor",)), MAO, "stop"),
    ("MAO inhibitor ended 10 days ago", trial(tried(CYCLO), ended={"mao_inhibitor": 10}), MAO, "stop"),
    ("the last day that counts", trial(tried(CYCLO), ended={"mao_inhibitor": 14}), MAO, "stop"),
    ("MAO inhibitor ended 20 days ago", trial(tried(CYCLO), ended={"mao_inhibitor": 20}), MAO, ""),
    (
        "ended ten days ago, begun in a week",
        trial(tried(CYCLO, begins=7), ended={"mao_inhibitor": 10}),
        MAO,
        "",
    ),
    ("64 years", trial(tried(CYCLO), age=64), "cyclobenzaprine-age-65", ""),
    ("65 years", trial(tried(CYCLO), age=65), "cyclobenzaprine-age-65", "caution"),
    ("21 days", trial(tried(CYCLO, course_days=21)), "cyclobenzaprine-longer-than-21-days", ""),
    ("22 days", trial(tried(CYCLO, course_days=22)), "cyclobenzaprine-longer-than-21-days", "stop"),
    (
        "15 days here after 10 elsewhere",
        trial(tried(CYCLO, course_days=15), tried(CYCLO, place="elsewhere", begins=-10, course_days=10)),
        "cyclobenzaprine-longer-than-21-days",
        "stop",
    ),
    (
        "baclofen taken out",
        trial(tried("med-baclofen", place="taken_out", begins=-5, course_days=14)),
        "baclofen-stopped",
        "stop",
    ),
    (
        "baclofen that has not begun taken out",
        trial(tried("med-baclofen", place="taken_out", begins=3, course_days=14)),
        "baclofen-stopped",
        "",
    ),
    (
        "baclofen that ran out 9 days ago",
        trial(tried("med-baclofen", place="taken_out", begins=-22, course_days=14)),
        "baclofen-stopped",
        "stop",
    ),
    ("baclofen planned", trial(tried("med-baclofen")), "baclofen-never-stop-suddenly", "stop"),
    (
        "two NSAIDs, the other one in another plan",
        trial(tried("med-ibuprofen"), tried("med-naproxen", place="elsewhere")),
        "nsaid-two-together",
        "caution",
    ),
    (
        "an allergy by its brand",
        trial(tried("med-ibuprofen"), allergies=("Nurofen",)),
        "allergy-nsaid",
        "stop",
    ),
    ("800 mg", trial(tried("med-ibuprofen", amount="800", times_a_day=4)), "dose-ibuprofen", ""),
    ("801 mg", trial(tried("med-ibuprofen", amount="801", times_a_day=1)), "dose-ibuprofen", "stop"),
    (
        "heat a week after a discectomy",
        trial(tried("heat-moist"), surgeries=(Surgery("discectomy", TODAY - timedelta(days=7)),)),
        "heat-too-early-after-surgery",
        "stop",
    ),
    (
        "heat a week after a discectomy, allowed by the surgeon",
        trial(
            tried("heat-moist"),
            surgeries=(Surgery("discectomy", TODAY - timedelta(days=7)),),
            cold_to_heat_on=TODAY,
        ),
        "heat-too-early-after-surgery",
        "",
    ),
]


@pytest.mark.parametrize(
    ("made", "rule", "severity"), [one[1:] for one in GOLDEN], ids=[one[0] for one in GOLDEN]
)
def test_golden_rows(made: Trial, rule: str, severity: str) -> None:
    assert found(made, rule) == ([(rule, severity)] if severity else [])


@pytest.mark.parametrize(
    ("made", "rule", "severity"), [one[1:] for one in GOLDEN], ids=[one[0] for one in GOLDEN]
)
def test_the_conditions_say_the_same_as_the_finding(made: Trial, rule: str, severity: str) -> None:
    assert any(one.applies for one in verdicts_on(made, RULE[rule])) is bool(severity)


def test_findings_of_all_rules_come_gravest_first() -> None:
    severities = [
        severity for _rule, severity in found(trial(tried(CYCLO), codes=("mao_inhibitor",), age=70))
    ]

    assert severities == ["stop", "caution"]


def test_an_empty_bench_finds_nothing() -> None:
    assert found(trial()) == []
    assert verdicts_on(trial(), RULE[MAO]) == ()


def test_which_condition_did_not_hold_is_named() -> None:
    rule = Rule(
        code="two",
        components=frozenset({CYCLO}),
        tags=frozenset(),
        when=(*RULE[MAO].when, *RULE["cyclobenzaprine-age-65"].when),
        severity="stop",
        message="Both",
        instead="",
        source="",
    )

    (verdict,) = verdicts_on(trial(tried(CYCLO), codes=("mao_inhibitor",)), rule)

    assert [one.holds for one in verdict.held] == [True, False]
    assert verdict.held[0].grounds == ["mao_inhibitor"]
    assert not verdict.applies


def test_what_the_rule_does_not_aim_at_is_said_to_be_so() -> None:
    aimed, other = verdicts_on(trial(tried(CYCLO), tried("ex-walking")), RULE[MAO])

    assert (aimed.is_aimed_at, aimed.is_looked_at) == (True, True)
    assert (other.is_aimed_at, other.is_looked_at, other.held) == (False, False, ())


def test_a_component_in_another_plan_is_not_looked_at_itself() -> None:
    made = trial(tried(CYCLO, place="elsewhere"), codes=("mao_inhibitor",))

    (verdict,) = verdicts_on(made, RULE[MAO])

    assert (verdict.is_aimed_at, verdict.is_looked_at) == (True, False)
    assert found(made, MAO) == []


def test_what_is_over_is_not_looked_at() -> None:
    made = trial(tried(CYCLO, begins=-30, course_days=10), codes=("mao_inhibitor",))

    assert not verdicts_on(made, RULE[MAO])[0].is_looked_at
    assert found(made, MAO) == []
