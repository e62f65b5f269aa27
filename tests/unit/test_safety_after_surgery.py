"""After an operation on the spine the rules ask for it in every plan, whatever the template."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.accounts.models import Clinic, User
from careplans.library.surgery import STARTING_DAYS
from careplans.plans.after_surgery import FUSION_HEALS, HAD_SURGERY, Surgery, codes_of, waits
from careplans.plans.assemble import draft_document
from careplans.plans.known import facts_of
from careplans.plans.selectors import findings_of
from careplans.plans.start import start_plan
from patients.facts import FactCode
from patients.services import close_episode
from tests.factories import NOW
from tests.make.plans import make_episode, make_patient, template_of
from tests.make.safety import TODAY, document, findings, item, phase, severities


def operated(days_ago: int, type_: str = "fusion") -> tuple[Surgery, ...]:
    return (Surgery(type_, TODAY - timedelta(days=days_ago)),)


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("heat-wrap", "stop"),
        ("ex-knee-rolls", "stop"),
        ("ex-lifting-practice", "stop"),
        ("hand-manipulation", "stop"),
        ("adj-ultrasound", "stop"),
        ("ex-prone-press-up", "caution"),
    ],
)
def test_a_fusion_of_five_days_ago_is_asked_about_in_a_plan_without_days(code: str, severity: str) -> None:
    plan = document(phase(item(code)))

    assert severity in severities(findings(plan, surgeries=operated(5)), code)
    assert severity not in severities(findings(plan), code)


@pytest.mark.parametrize(
    ("type_", "days_ago", "is_stopped"),
    [("discectomy", 13, True), ("discectomy", 14, False), ("decompression", 13, True), ("fusion", 27, True),
     ("fusion", 28, False)],
)  # fmt: skip
def test_heat_waits_for_the_usual_day(type_: str, days_ago: int, is_stopped: bool) -> None:
    found = findings(document(phase(item("heat-wrap"))), surgeries=operated(days_ago, type_))

    assert ("stop" in severities(found, "heat-wrap")) is is_stopped


@pytest.mark.parametrize(
    ("type_", "days_ago", "is_stopped"),
    [("discectomy", 83, True), ("discectomy", 84, False), ("fusion", 84, True), ("fusion", 167, True),
     ("fusion", 168, False)],
)  # fmt: skip
def test_load_waits_for_the_usual_day(type_: str, days_ago: int, is_stopped: bool) -> None:
    found = findings(document(phase(item("ex-lifting-practice"))), surgeries=operated(days_ago, type_))

    assert ("stop" in severities(found, "ex-lifting-practice")) is is_stopped


def test_the_plans_own_day_leads_when_it_counts_from_the_surgery() -> None:
    surgeries = (Surgery("fusion", TODAY),)
    earlier = document(phase(item("heat-wrap"), starts=10), cold_to_heat=10)
    later = document(phase(item("heat-wrap"), starts=30), cold_to_heat=40)

    assert "stop" not in severities(findings(earlier, surgeries=surgeries), "heat-wrap")
    assert "stop" in severities(findings(later, surgeries=surgeries), "heat-wrap")


def test_a_day_that_counts_from_something_else_does_not_take_the_usual_one_away() -> None:
    plan = document(phase(item("heat-wrap"), starts=3), cold_to_heat=2)

    assert "stop" in severities(findings(plan, surgeries=operated(5)), "heat-wrap")


def test_before_a_planned_surgery_heat_is_free_and_across_it_is_not() -> None:
    planned = (Surgery("discectomy", TODAY + timedelta(days=10)),)
    before, across = phase(item("heat-moist"), days=10), phase(item("heat-moist"), days=11)

    assert "stop" not in severities(findings(document(before), surgeries=planned), "heat-moist")
    assert "stop" in severities(findings(document(across), surgeries=planned), "heat-moist")


def test_a_running_phase_counts_from_today_on() -> None:
    """Heat that goes into a phase which began before the day, but is added after it, is not too early."""
    plan = document(phase(item("heat-wrap"), starts=-7, days=28))

    assert "stop" not in severities(findings(plan, surgeries=operated(14, "discectomy")), "heat-wrap")


@pytest.mark.parametrize(("days_ago", "is_healing"), [(0, True), (364, True), (365, False), (4000, False)])
def test_a_fusion_heals_for_a_year(days_ago: int, is_healing: bool) -> None:
    codes = codes_of(operated(days_ago), TODAY, TODAY)

    assert codes == ({HAD_SURGERY, FUSION_HEALS} if is_healing else {HAD_SURGERY})


def test_what_follows_from_surgery_is_called_as_the_recorded_fact() -> None:
    assert {HAD_SURGERY, FUSION_HEALS} <= set(FactCode.values)


DAYS = st.integers(min_value=-400, max_value=400)


@given(DAYS, DAYS, st.sampled_from(sorted(STARTING_DAYS)), st.sampled_from(["cold_to_heat", "clearance"]))
def test_each_wait_begins_with_the_surgery_and_ends(on: int, day: int, type_: str, limit: str) -> None:
    surgery = Surgery(type_, TODAY + timedelta(days=on))
    written = TODAY + timedelta(days=day)

    usual = list(waits([surgery], limit, written=None, counts_from=TODAY))  # type: ignore[arg-type]
    beside = list(waits([surgery], limit, written=written, counts_from=surgery.on - timedelta(days=1)))  # type: ignore[arg-type]
    led = list(waits([surgery], limit, written=written, counts_from=surgery.on))  # type: ignore[arg-type]

    assert usual == [(surgery.on, surgery.usual_day(limit))]  # type: ignore[arg-type]
    assert usual[0][0] < usual[0][1]
    assert beside == [*led, *usual]
    assert led == [(date.min, written)]


def rules_about(clinic: Clinic, by: User, *, is_closed: bool = False, **episode: object) -> set[str]:
    patient = make_patient(clinic, by)
    operated_episode = make_episode(patient, by, **episode)
    if is_closed:
        close_episode(episode=operated_episode, by=by, now=NOW)
    here = make_episode(patient, by) if is_closed else operated_episode
    draft = start_plan(episode=here, template_version=template_of(clinic), by=by, now=NOW)
    document_ = draft_document(draft, today=NOW.date())
    return {finding.rule_code for finding in findings_of(document_, patient, NOW.date())}


def test_a_recorded_surgery_reaches_the_rules(clinic: Clinic, clinician: User) -> None:
    fusion = {"surgery_type": "fusion", "surgery_on": NOW.date() - timedelta(days=5)}

    found = rules_about(clinic, clinician, **fusion)

    assert {"heat-too-early-after-surgery", "load-before-clearance"} <= found
    assert not found & rules_about(clinic, clinician)


def test_closing_the_episode_does_not_undo_the_operation(clinic: Clinic, clinician: User) -> None:
    fusion = {"surgery_type": "fusion", "surgery_on": NOW.date() - timedelta(days=5)}

    assert "heat-too-early-after-surgery" in rules_about(clinic, clinician, is_closed=True, **fusion)


def test_surgery_of_another_patient_is_not_asked(clinic: Clinic, clinician: User) -> None:
    other = make_patient(clinic, clinician)
    make_episode(other, clinician, surgery_type="fusion", surgery_on=NOW.date())

    assert facts_of(make_patient(clinic, clinician), NOW.date()).surgeries == ()
    assert facts_of(other, NOW.date()).surgeries == (Surgery("fusion", NOW.date()),)
