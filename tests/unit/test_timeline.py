"""Phases on a line: proportion, today's place, which one is running."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from careplans.core.timeline import Mark, PhaseSpan, lay_out

START = date(2026, 11, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


PHASES = [
    PhaseSpan("One", day(0), day(1)),
    PhaseSpan("Two", day(2), day(6)),
    PhaseSpan("Three", day(7), day(9)),
]


def test_shares_follow_the_days() -> None:
    assert [phase.share for phase in lay_out(PHASES, today=None).phases] == [20, 50, 30]


def test_the_phase_of_today_is_current() -> None:
    timeline = lay_out(PHASES, today=day(3))
    assert [phase.state for phase in timeline.phases] == ["past", "current", "future"]
    assert (timeline.phases[1].day, timeline.phases[1].days) == (2, 5)
    assert timeline.today_place == 35


def test_a_phase_said_to_run_stays_current_past_its_days() -> None:
    phases = [PHASES[0], replace(PHASES[1], is_current=True), PHASES[2]]
    assert [phase.state for phase in lay_out(phases, today=day(8)).phases] == ["past", "current", "future"]


def test_before_and_after_the_plan_nothing_runs() -> None:
    assert {phase.state for phase in lay_out(PHASES, today=day(-3)).phases} == {"future"}
    after = lay_out(PHASES, today=day(30))
    assert {phase.state for phase in after.phases} == {"past"}
    assert after.today_place is None


def test_a_last_phase_without_end_goes_on() -> None:
    timeline = lay_out([*PHASES, PhaseSpan("Four", day(10), None)], today=day(200))
    assert timeline.is_open
    assert timeline.phases[-1].state == "current"
    assert timeline.phases[-1].days is None


def test_check_ins_outside_the_plan_are_left_out() -> None:
    marks = [Mark(day(-1), "done", "before"), Mark(day(4), "due", "inside")]
    assert [laid.mark.label for laid in lay_out(PHASES, today=None, marks=marks).marks] == ["inside"]


def test_no_phases_make_an_empty_line() -> None:
    assert lay_out([], today=START).phases == ()


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.integers(-10, 2000))
def test_places_and_shares_have_a_class_in_the_style_sheet(lengths: list[int], today: int) -> None:
    phases, start = [], START
    for length in lengths:
        phases.append(PhaseSpan("Phase", start, start + timedelta(days=length - 1)))
        start += timedelta(days=length)
    timeline = lay_out(phases, today=day(today))
    assert all(1 <= phase.share <= 100 for phase in timeline.phases)
    assert timeline.today_place is None or 0 <= timeline.today_place <= 100
    assert sum(phase.state == "current" for phase in timeline.phases) <= 1
