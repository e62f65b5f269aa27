"""The safety assessment: golden cases from the clinical facts, and properties over random plans."""

from __future__ import annotations

import pytest

from careplans.library.conditions import condition_adapter
from careplans.library.rules import Rule
from tests.make.safety import COMPONENTS, RULES, document, findings, item, phase, severities


def test_mild_hepatic_impairment_asks_for_5_mg() -> None:
    found = findings(document(phase(item("med-cyclobenzaprine"))), "hepatic_impairment_mild")

    caution = next(one for one in found if one.severity == "caution" and "epatic" in one.message)
    assert "5 mg" in caution.instead


@pytest.mark.parametrize(("days", "is_stopped"), [(21, False), (22, True), (28, True)])
def test_cyclobenzaprine_stops_past_21_days(days: int, is_stopped: bool) -> None:
    found = findings(document(phase(item("med-cyclobenzaprine", course_days=days))))

    assert ("stop" in severities(found, "med-cyclobenzaprine")) is is_stopped


def test_course_counts_over_all_phases_even_those_that_are_over() -> None:
    past = phase(item("med-cyclobenzaprine", course_days=11), starts=-14)
    coming = phase(item("med-cyclobenzaprine", course_days=11), starts=0)

    found = findings(document(past, coming))

    assert "stop" in severities(found, "med-cyclobenzaprine")


def test_a_reason_for_28_days_does_not_cover_60() -> None:
    keys = {
        finding.key
        for days in (28, 60)
        for finding in findings(document(phase(item("med-cyclobenzaprine", course_days=days))))
        if finding.severity == "stop"
    }

    assert len(keys) == 2


@pytest.mark.parametrize(
    "code", ["mao_inhibitor", "cardiac_rhythm_or_failure", "recent_heart_attack", "hyperthyroidism"]
)
def test_cyclobenzaprine_contraindications_stop(code: str) -> None:
    found = findings(document(phase(item("med-cyclobenzaprine"))), code)

    assert "stop" in severities(found, "med-cyclobenzaprine")


@pytest.mark.parametrize(("age", "expected"), [(64, set()), (65, {"caution"})])
def test_age_65_is_a_caution_for_cyclobenzaprine(age: int, expected: set[str]) -> None:
    found = findings(document(phase(item("med-cyclobenzaprine"))), age=age)

    assert severities(found, "med-cyclobenzaprine") >= expected
    assert ("caution" in severities(found, "med-cyclobenzaprine")) is bool(expected)


def test_two_sedating_medicines_are_a_caution() -> None:
    alone = findings(document(phase(item("med-cyclobenzaprine"))))
    together = findings(document(phase(item("med-cyclobenzaprine"), item("med-gabapentin"))))

    assert len(together) > len(alone)
    assert "caution" in severities(together, "med-cyclobenzaprine")


def test_opioid_with_diazepam_stops() -> None:
    found = findings(document(phase(item("med-diazepam"), item("med-opioid"))))

    assert "stop" in severities(found, "med-diazepam") | severities(found, "med-opioid")


@pytest.mark.parametrize(("starts", "is_stopped"), [(0, True), (13, True), (14, False)])
def test_heat_waits_for_the_cold_to_heat_day(starts: int, is_stopped: bool) -> None:
    found = findings(document(phase(item("heat-moist"), starts=starts), cold_to_heat=14))

    assert ("stop" in severities(found, "heat-moist")) is is_stopped


def test_without_surgery_heat_need_not_wait() -> None:
    assert "stop" not in severities(findings(document(phase(item("heat-moist")))), "heat-moist")


def test_allergy_by_name_whatever_the_case() -> None:
    plan = document(phase(item("med-ibuprofen")))

    assert "stop" in severities(findings(plan, allergies=("IBUPROFEN: rash",)), "med-ibuprofen")
    assert "stop" not in severities(findings(plan, allergies=("peanuts",)), "med-ibuprofen")


@pytest.mark.parametrize("code", ["adj-tens", "adj-lumbar-support", "adj-traction"])
def test_adjuncts_without_benefit_always_inform(code: str) -> None:
    assert "inform" in severities(findings(document(phase(item(code)))), code)


def test_gravest_first() -> None:
    found = findings(
        document(phase(item("adj-tens"), item("med-cyclobenzaprine", course_days=28))),
        "hepatic_impairment_mild",
    )

    order = ["stop", "caution", "inform"]
    assert [order.index(one.severity) for one in found] == sorted(order.index(one.severity) for one in found)
    assert found[0].severity == "stop"


def test_a_phase_that_is_over_raises_nothing() -> None:
    assert findings(document(phase(item("heat-moist"), starts=-30)), "deep_vein_thrombosis") == ()


def test_every_fact_of_every_rule_is_really_asked() -> None:
    """Each starter rule fires for a patient and plan made just for it: no rule is dead."""
    dead = [rule.code for rule in RULES if not _fires(rule)]

    assert dead == []


def _fires(rule: Rule) -> bool:
    targets = [
        code
        for code, component in COMPONENTS.items()
        if code in rule.components or rule.tags & set(component.tags)
    ]
    facts, allergies, others, age = set(), [], [], 40
    doses: dict[str, object] = {}
    for condition in rule.when:
        match condition.kind:
            case "fact":
                facts.add(condition.any_of[0])
            case "age":
                age = condition.at_least
            case "course":
                doses["course_days"] = condition.longer_than_days + 1
            case "dose":
                doses["amount"] = str(condition.most_each + 1)
            case "allergy":
                allergies.append(condition.materials[0])
            case "together":
                others += [
                    code
                    for code, component in COMPONENTS.items()
                    if code in condition.components or set(condition.tags) & set(component.tags)
                ]
    for target in targets:
        items = [item(target, **doses), *(item(code) for code in others if code != target)]
        plan = document(phase(*items), cold_to_heat=5, clearance=5)
        told = {}
        if any(condition.kind == "stopped" for condition in rule.when):
            plan, told = document(phase(item("ex-walking"))), {"before": plan}
        found = findings(plan, *facts, age=age, allergies=tuple(allergies), **told)
        if any(one.rule_code == rule.code for one in found):
            return True
    return False


def test_condition_adapter_reads_what_rules_store() -> None:
    for rule in RULES:
        for condition in rule.when:
            assert condition_adapter.validate_python(condition.model_dump(mode="json")) == condition
