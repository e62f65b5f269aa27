"""A fact that is over still counts for the days its rule looks back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.accounts.models import Clinic, User
from careplans.plans.known import facts_of
from patients.services import end_fact, record_fact, withdraw_fact
from tests.factories import NOW
from tests.make.plans import make_patient
from tests.make.safety import TODAY, document, findings, item, phase

RELAXANT = document(phase(item("med-cyclobenzaprine")))


def rules_after(code: str, days: int, *, starts: int = 0) -> set[str]:
    """Rules that apply to cyclobenzaprine begun in ``starts`` days when ``code`` was last true ``days`` ago."""
    plan = document(phase(item("med-cyclobenzaprine"), starts=starts))
    return {one.rule_code for one in findings(plan, ended={code: TODAY - timedelta(days=days)})}


@pytest.mark.parametrize(("days", "is_stopped"), [(1, True), (14, True), (15, False), (400, False)])
def test_an_mao_inhibitor_counts_for_14_days_after_its_last_dose(days: int, is_stopped: bool) -> None:
    assert ("cyclobenzaprine-mao-inhibitor" in rules_after("mao_inhibitor", days)) is is_stopped


@pytest.mark.parametrize(("days", "is_stopped"), [(42, True), (43, False)])
def test_a_heart_attack_counts_for_six_weeks(days: int, is_stopped: bool) -> None:
    assert ("cyclobenzaprine-heart-attack" in rules_after("recent_heart_attack", days)) is is_stopped


def test_it_is_the_first_dose_that_must_wait() -> None:
    assert "cyclobenzaprine-mao-inhibitor" in rules_after("mao_inhibitor", 1, starts=13)
    assert "cyclobenzaprine-mao-inhibitor" not in rules_after("mao_inhibitor", 1, starts=14)


def test_a_course_that_runs_already_is_asked_about_from_today() -> None:
    running = document(phase(item("med-cyclobenzaprine", course_days=14), starts=-5, days=14))

    found = findings(running, ended={"mao_inhibitor": TODAY - timedelta(days=14)})

    assert "cyclobenzaprine-mao-inhibitor" in {one.rule_code for one in found}


def test_rules_without_days_let_a_fact_go_with_its_end() -> None:
    assert findings(RELAXANT, ended={"hyperthyroidism": TODAY - timedelta(days=1)}) == ()


@given(st.integers(1, 500), st.integers(0, 60))
def test_time_only_ever_lets_go(days: int, later: int) -> None:
    """What no longer counts after some days does not count after more."""
    if "cyclobenzaprine-mao-inhibitor" not in rules_after("mao_inhibitor", days):
        assert "cyclobenzaprine-mao-inhibitor" not in rules_after("mao_inhibitor", days + later)


def test_the_last_of_several_times_counts(clinic: Clinic, clinician: User) -> None:
    patient, today = make_patient(clinic, clinician), NOW.date()
    for until in (today - timedelta(days=30), today - timedelta(days=3), today - timedelta(days=90)):
        record_fact(patient=patient, code="mao_inhibitor", until_on=until, by=clinician, now=NOW)

    facts = facts_of(patient, today)

    assert facts.codes == frozenset()
    assert facts.ended == {"mao_inhibitor": today - timedelta(days=3)}


def test_ending_a_fact_keeps_it_for_the_look_back_and_a_mistake_does_not(
    clinic: Clinic, clinician: User
) -> None:
    ended, wrong = make_patient(clinic, clinician), make_patient(clinic, clinician)
    for patient in (ended, wrong):
        record_fact(patient=patient, code="mao_inhibitor", since_on=date(2026, 1, 5), by=clinician, now=NOW)
    end_fact(fact=ended.facts.get(), over_since=NOW.date(), by=clinician, now=NOW)
    withdraw_fact(fact=wrong.facts.get(), by=clinician, now=NOW)

    assert facts_of(ended, NOW.date()).ended == {"mao_inhibitor": NOW.date() - timedelta(days=1)}
    assert facts_of(wrong, NOW.date()).ended == {}
