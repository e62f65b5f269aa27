"""A medicine's days count together over the patient's plans, while one course follows the other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.accounts.models import Clinic, User
from careplans.builder.publish import end_plan
from careplans.library.dose import parse_dose
from careplans.plans.assemble import draft_document
from careplans.plans.document import PlanDocument
from careplans.plans.drafting import add_item
from careplans.plans.elsewhere import DAYS_OF_A_PAUSE, Told, days_that_touch, medicine_days, told_in_turn
from careplans.plans.freeze import freeze_draft
from careplans.plans.models import Draft, PlanVersion
from careplans.plans.selectors import findings_of, told_elsewhere
from careplans.plans.start import start_plan
from patients.models import Patient
from tests.factories import NOW
from tests.make.plans import component_of, make_episode, make_patient
from tests.make.safety import TODAY, document, findings, item, phase

RULE = "cyclobenzaprine-longer-than-21-days"
RELAXANT = "med-cyclobenzaprine"


def course(days: int, *, starts: int = 0) -> PlanDocument:
    plan = document(phase(item(RELAXANT, course_days=days), starts=starts, days=max(days, 1)))
    return plan.model_copy(update={"published_on": TODAY + timedelta(days=starts)})


def is_stopped(plan: PlanDocument, *elsewhere: Told) -> bool:
    return RULE in {one.rule_code for one in findings(plan, elsewhere=elsewhere)}


@pytest.mark.parametrize(
    ("before", "now", "is_long"), [(14, 7, False), (14, 8, True), (21, 1, True), (0, 21, False)]
)
def test_a_second_plan_goes_on_counting(before: int, now: int, is_long: bool) -> None:
    other = [Told(course(before, starts=-before), None)] if before else []

    assert is_stopped(course(now), *other) is is_long


@pytest.mark.parametrize(("until", "meet"), [(None, True), (TODAY + timedelta(days=1), True), (TODAY, False)])
def test_what_must_not_meet_is_found_in_a_plan_that_runs_beside(until: date | None, meet: bool) -> None:
    opioid = Told(document(phase(item("med-opioid"))), until)
    diazepam = document(phase(item("med-diazepam")))

    found = {one.rule_code for one in findings(diazepam, elsewhere=[opioid])}

    assert (found > {one.rule_code for one in findings(diazepam)}) is meet


def test_what_is_over_in_a_plan_beside_meets_nothing() -> None:
    over = Told(document(phase(item("med-opioid"), starts=-9, days=5)), None)
    diazepam = document(phase(item("med-diazepam")))

    assert findings(diazepam, elsewhere=[over]) == findings(diazepam)


@pytest.mark.parametrize(
    ("pause", "is_long"), [(0, True), (DAYS_OF_A_PAUSE, True), (DAYS_OF_A_PAUSE + 1, False)]
)
def test_only_more_than_a_pause_begins_anew(pause: int, is_long: bool) -> None:
    other = Told(course(14, starts=-14 - pause), None)

    assert is_stopped(course(14), other) is is_long


def test_a_plan_that_ended_early_counts_until_it_ended() -> None:
    other = course(21, starts=-7)

    assert is_stopped(course(21, starts=7), Told(other, None))
    assert not is_stopped(course(14), Told(other, TODAY - timedelta(days=1)))
    assert is_stopped(course(15), Told(other, TODAY - timedelta(days=1)))


def test_days_of_both_plans_count_once() -> None:
    assert not is_stopped(course(21), Told(course(21), None))


def test_another_medicine_does_not_count() -> None:
    gabapentin = document(phase(item("med-gabapentin"), starts=-14, days=14))
    other = gabapentin.model_copy(update={"published_on": TODAY - timedelta(days=14)})

    assert not is_stopped(course(14), Told(other, None))


def test_a_version_counts_while_it_held() -> None:
    first, second = course(21, starts=-10), course(2, starts=-3)

    told = list(told_in_turn([first, second], TODAY - timedelta(days=2)))

    assert medicine_days(told, RELAXANT) == {
        TODAY - timedelta(days=ago) for ago in (10, 9, 8, 7, 6, 5, 4, 3, 2)
    }


NUMBERS = st.integers(1, 40)


@given(NUMBERS, NUMBERS)
def test_cutting_a_course_into_two_plans_changes_nothing(days: int, cut: int) -> None:
    first = min(cut, days)
    here, other = frozenset(day(n) for n in range(first, days)), frozenset(day(n) for n in range(first))

    assert not here or len(here) + days_that_touch(here, other) == days


DAYS = st.frozensets(st.integers(-60, 60).map(lambda number: TODAY + timedelta(days=number)))


@given(DAYS, DAYS, DAYS)
def test_more_days_elsewhere_never_count_less(
    here: frozenset[date], some: frozenset[date], more: frozenset[date]
) -> None:
    fewer = days_that_touch(here, some)

    assert 0 <= fewer <= len(some - here)
    assert fewer <= days_that_touch(here, some | more)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def relaxant_plan(patient: Patient, clinic: Clinic, by: User, *, days: int, ago: int) -> Draft:
    """A plan with cyclobenzaprine for ``days`` days, begun ``ago`` days ago, not yet published."""
    then = NOW - timedelta(days=ago)
    draft = start_plan(episode=make_episode(patient, by), template_version=None, by=by, now=then)
    version = component_of(clinic, RELAXANT)
    dose = parse_dose(version.default_dose | {"course_days": days})
    phase_ = draft.phases.first()
    add_item(phase=phase_, component_version=version, dose=dose, revision=draft.revision, by=by, now=then)
    draft.refresh_from_db()
    return draft


def published(draft: Draft, by: User, *, ago: int) -> PlanVersion:
    return freeze_draft(draft=draft, revision=draft.revision, by=by, now=NOW - timedelta(days=ago))


def rules_on(draft: Draft) -> set[str]:
    document_ = draft_document(draft, today=NOW.date())
    return {one.rule_code for one in findings_of(document_, draft.plan.patient, NOW.date())}


def test_ending_a_plan_and_starting_another_goes_on_counting(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic, clinician)
    first = published(relaxant_plan(patient, clinic, clinician, days=21, ago=15), clinician, ago=15)
    end_plan(plan=first.plan, state="stopped", reason="A new plan follows.", by=clinician, now=NOW)

    second = relaxant_plan(patient, clinic, clinician, days=7, ago=0)

    assert RULE in rules_on(second)
    [told] = told_elsewhere(draft_document(second, today=NOW.date()), patient)
    assert told.until == NOW.date()


def test_a_course_of_long_ago_and_one_of_somebody_else_do_not_count(clinic: Clinic, clinician: User) -> None:
    patient, somebody = make_patient(clinic, clinician), make_patient(clinic, clinician)
    published(relaxant_plan(patient, clinic, clinician, days=14, ago=40), clinician, ago=40)
    published(relaxant_plan(somebody, clinic, clinician, days=14, ago=14), clinician, ago=14)

    assert RULE not in rules_on(relaxant_plan(patient, clinic, clinician, days=14, ago=0))
