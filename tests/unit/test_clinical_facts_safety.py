"""Every row of the safety table worked out on a plan, with and without what it asks for.

The rows stand in ``tests/clinical_facts/safety.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from careplans.plans.after_surgery import Surgery
from careplans.plans.document import PlanDocument
from careplans.plans.safety import Finding
from patients.facts import FactCode
from tests.make.safety import RULES, STARTER, TODAY, document, findings, item, phase

TABLE = Path(__file__).parents[1] / "clinical_facts" / "safety.yaml"
SAFETY: list[dict[str, Any]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
SOURCES = {source.code for source in STARTER.sources}
Both = tuple[tuple[Finding, ...], tuple[Finding, ...]]


def cases() -> Iterable[tuple[str, str, str]]:
    """Row, component and the one thing that is asked of the patient or the plan."""
    for row in SAFETY:
        several = row.get("patient") or row.get("allergy") or row.get("together_with") or [""]
        for code in row["components"]:
            for asked in several:
                yield row["row"], code, asked


def plan_of(code: str, **dose: object) -> PlanDocument:
    return document(phase(item(code, **dose), days=30))


def with_and_without(row: dict[str, Any], code: str, asked: str) -> Both:
    """The findings of a plan with the component where the row holds, and where it does not."""
    alone = findings(plan_of(code))
    match row:
        case {"patient": _}:
            return findings(plan_of(code), FactCode(asked)), alone
        case {"allergy": _}:
            return findings(plan_of(code), allergies=(asked,)), alone
        case {"together_with": _}:
            return findings(document(phase(item(code), item(asked)))), alone
        case {"age": age}:
            return findings(plan_of(code), age=age["from"]), findings(plan_of(code), age=age["not"])
        case {"course_days": days}:
            longer, not_longer = (plan_of(code, course_days=days[which]) for which in ("longer", "not"))
            return findings(longer), findings(not_longer)
        case {"amount": amount}:
            above, not_above = (plan_of(code, amount=amount[which]) for which in ("above", "not"))
            return findings(above), findings(not_above)
        case {"ended": ended}:
            lately, long_ago = (TODAY - timedelta(days=ended[which]) for which in ("days_ago", "not"))
            fact = ended["fact"]
            return findings(plan_of(code), ended={fact: lately}), findings(
                plan_of(code), ended={fact: long_ago}
            )
        case {"before_day": day}:
            return on_the_day_before(day, code), on_the_day(day, code)
        case {"stopped": True}:
            return when_stopped(code), ()
        case {"always": True}:
            return alone, ()
    raise AssertionError(f"{row['row']} asks for nothing")


def on_the_day(day: str, code: str, *, early: int = 0) -> tuple[Finding, ...]:
    """The component in a phase that begins on day 14 after surgery, the first day that is allowed."""
    days = {"cold_to_heat": 0, "clearance": 0} | {day: 14}
    plan = document(phase(item(code), starts=14 - early), **days, surgery_on=TODAY)
    return findings(plan, surgeries=(Surgery("discectomy", TODAY),))


def on_the_day_before(day: str, code: str) -> tuple[Finding, ...]:
    return on_the_day(day, code, early=1)


def when_stopped(code: str) -> tuple[Finding, ...]:
    """The version before had it for some weeks to come, this one has it no more."""
    before = document(phase(item(code), starts=-1, days=28))
    return findings(document(phase(item("ex-walking"), starts=-1, days=28)), before=before)


def brought_about(row: dict[str, Any], code: str, asked: str) -> list[Finding]:
    """What the row adds for this component, at the row's severity."""
    held, not_held = with_and_without(row, code, asked)
    known = {one.rule_code for one in not_held}
    return [
        one
        for one in held
        if one.component_code == code and one.severity == row["severity"] and one.rule_code not in known
    ]


@pytest.mark.parametrize(("name", "code", "asked"), list(cases()))
def test_a_safety_row_is_found(name: str, code: str, asked: str) -> None:
    row = next(one for one in SAFETY if one["row"] == name)
    found = brought_about(row, code, asked)

    assert found
    assert any(row.get("says", "") in f"{one.message} {one.instead}".lower() for one in found)
    assert all(one.source in SOURCES for one in found)


def test_every_rule_of_the_library_belongs_to_a_row() -> None:
    rows = {row["row"]: row for row in SAFETY}
    found = {one.rule_code for name, code, asked in cases() for one in brought_about(rows[name], code, asked)}

    assert found == {rule.code for rule in RULES}


@pytest.mark.parametrize("row", [row for row in SAFETY if row.get("all_tagged")], ids=lambda row: row["row"])
def test_a_safety_row_leaves_no_component_out(row: dict[str, Any]) -> None:
    tagged = {one.code for one in STARTER.components if set(one.tags) & set(row["all_tagged"])}

    assert set(row["components"]) == tagged


def test_every_fact_that_a_patient_can_have_is_asked_for_or_is_about_daily_life() -> None:
    asked = {
        code
        for rule in STARTER.rules
        for condition in rule.when
        if condition.kind == "fact"
        for code in condition.any_of
    }

    assert set(FactCode.values) - asked == {"sits_all_day", "lifts_heavy_loads", "allergy"}
