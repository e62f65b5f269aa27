"""What must not stop suddenly: taken out of a revision, shortened, run out, or ended with its plan."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.plans.document import DocumentPhase, PlanDocument
from careplans.plans.holding import PatientFacts
from careplans.plans.safety import Finding, findings_of_ending
from careplans.plans.stopping import stops_early
from tests.make.safety import RULES, TODAY, document, findings, item, phase

NOBODY = PatientFacts(frozenset(), (), 40)


def baclofen(starts: int = -7, days: int = 28) -> DocumentPhase:
    return phase(item("med-baclofen", course_days=days), starts=starts, days=days)


def without() -> PlanDocument:
    return document(phase(item("ex-walking"), starts=-7, days=28))


def said(found: tuple[Finding, ...]) -> dict[str, str]:
    return {one.rule_code: one.severity for one in found if one.rule_code.endswith("-stopped")}


def test_taking_baclofen_out_of_a_revision_is_a_stop() -> None:
    found = findings(without(), before=document(baclofen()))

    assert said(found) == {"baclofen-stopped": "stop"}
    stop = next(one for one in found if one.rule_code == "baclofen-stopped")
    assert "Baclofen" in stop.item_title
    assert "taper" in stop.message


@pytest.mark.parametrize(
    ("code", "rule"),
    [("med-gabapentin", "gabapentinoid-stopped"), ("med-pregabalin", "gabapentinoid-stopped"),
     ("med-diazepam", "benzodiazepine-stopped"), ("med-opioid", "opioid-stopped")],
)  # fmt: skip
def test_what_is_lowered_before_its_end_is_a_caution(code: str, rule: str) -> None:
    before = document(phase(item(code), starts=-1, days=28))

    assert said(findings(without(), before=before)) == {rule: "caution"}


def test_what_goes_on_raises_nothing() -> None:
    plan = document(baclofen())

    assert said(findings(plan, before=plan)) == {}
    assert said(findings(plan)) == {}
    assert said(findings(document(baclofen(days=56)), before=plan)) == {}


def test_an_earlier_end_is_a_stop_though_it_is_still_in_the_plan() -> None:
    assert said(findings(document(baclofen(days=14)), before=document(baclofen()))) == {
        "baclofen-stopped": "stop"
    }


def test_a_hole_in_the_middle_is_a_stop() -> None:
    later = phase(item("med-baclofen", course_days=28), starts=21, days=28)
    both = document(baclofen(), later)

    assert said(findings(document(later), before=both)) == {"baclofen-stopped": "stop"}


def test_what_never_began_may_be_taken_out() -> None:
    assert said(findings(without(), before=document(baclofen(starts=3)))) == {}


@pytest.mark.parametrize(("over_for", "is_asked"), [(1, True), (14, True), (15, False)])
def test_running_out_lately_counts(over_for: int, is_asked: bool) -> None:
    before = document(baclofen(starts=-27 - over_for))

    assert ("baclofen-stopped" in said(findings(without(), before=before))) is is_asked


def test_one_gabapentinoid_in_place_of_the_other_is_no_stop() -> None:
    before = document(phase(item("med-gabapentin", course_days=28), starts=-7, days=28))
    after = document(phase(item("med-pregabalin", course_days=28), starts=0, days=28))

    assert said(findings(after, before=before)) == {}


def test_ending_the_plan_stops_everything_in_it() -> None:
    plan = document(phase(item("med-baclofen"), item("heat-moist"), starts=-7, days=28))

    found = findings_of_ending(plan, NOBODY, RULES, TODAY)

    assert {one.rule_code: one.severity for one in found} == {"baclofen-stopped": "stop"}


DAYS = st.frozensets(st.integers(-30, 30).map(lambda number: TODAY + timedelta(days=number)))
LATELY = st.integers(0, 20)


@given(DAYS, LATELY)
def test_the_same_days_stop_nothing_that_goes_on(told: frozenset[date], lately: int) -> None:
    goes_on = any(day >= TODAY for day in told)

    assert not (goes_on and stops_early(told, told, today=TODAY, lately=lately))


@given(DAYS, DAYS, LATELY)
def test_more_days_never_stop_what_fewer_do_not(
    told: frozenset[date], more: frozenset[date], lately: int
) -> None:
    if not stops_early(told, told, today=TODAY, lately=lately):
        assert not stops_early(told, told | more, today=TODAY, lately=lately)


@given(DAYS, LATELY)
def test_nothing_left_stops_whatever_is_being_taken(told: frozenset[date], lately: int) -> None:
    assert stops_early(told | {TODAY}, frozenset(), today=TODAY, lately=lately)
