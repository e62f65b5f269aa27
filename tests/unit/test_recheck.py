"""A fact learnt after publishing puts the running plan in front of a clinician within a minute."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.builder.publish import end_plan
from careplans.plans import recheck
from careplans.plans.assemble import draft_document
from careplans.plans.drafting import add_item, decide_finding
from careplans.plans.freeze import freeze_draft
from careplans.plans.known import as_data, facts_of, from_data
from careplans.plans.models import Draft, Plan, PlanVersion, Recheck
from careplans.plans.recheck import recheck_plans
from careplans.plans.selectors import findings_of
from careplans.plans.start import start_revision
from patients.models import Patient
from patients.services import change_episode, record_fact
from tests.factories import NOW
from tests.make.plans import component_of, make_draft

LATER = NOW + timedelta(hours=3)


def publish(draft: Draft, by: User, *, now: object = NOW) -> PlanVersion:
    document = draft_document(draft, today=NOW.date())
    for finding in findings_of(document, draft.plan.patient, NOW.date()):
        draft.refresh_from_db()
        decide_finding(
            draft=draft, finding=finding, reason="Discussed with the patient.", revision=draft.revision, by=by, now=NOW
        )  # fmt: skip
    draft.refresh_from_db()
    return freeze_draft(draft=draft, revision=draft.revision, by=by, now=NOW)


@pytest.fixture
def plan(clinic: Clinic, clinician: User) -> Plan:
    """Published with a heat wrap and moist heat, while nothing spoke against them."""
    draft = make_draft(clinic, clinician, facts=("sits_all_day",))
    version = component_of(clinic, "heat-moist")
    phase = draft.phases.first()
    add_item(phase=phase, component_version=version, dose=version.dose, revision=1, by=clinician, now=NOW)
    draft.refresh_from_db()
    return publish(draft, clinician).plan


def learn(patient: Patient, code: str, by: User) -> None:
    record_fact(patient=patient, code=code, by=by, now=LATER)


def test_nothing_new_says_nothing(plan: Plan) -> None:
    assert recheck_plans(now=LATER) == 0
    assert Recheck.objects.get().findings == []


def test_a_new_contraindication_is_found(plan: Plan, clinician: User) -> None:
    learn(plan.patient, "deep_vein_thrombosis", clinician)

    assert recheck_plans(now=LATER) == 1

    row = Recheck.objects.get(plan=plan)
    assert row.found_at == LATER
    assert {one["severity"] for one in row.findings} == {"stop"}
    assert any("thrombosis" in one["message"] for one in row.findings)
    event = AuditEvent.objects.get(action="plan.new_findings")
    assert event.patient_id == plan.patient_id
    assert "heat-thrombosis" in event.details["rules"]


def test_it_is_said_once_and_stays_until_it_is_answered(plan: Plan, clinician: User) -> None:
    learn(plan.patient, "deep_vein_thrombosis", clinician)
    recheck_plans(now=LATER)

    assert recheck_plans(now=LATER + timedelta(minutes=1)) == 0
    learn(plan.patient, "malignancy_in_area", clinician)
    recheck_plans(now=LATER + timedelta(minutes=2))

    row = Recheck.objects.get(plan=plan)
    assert row.found_at == LATER
    assert len(row.findings) > 1
    assert AuditEvent.objects.filter(action="plan.new_findings").count() == 1


def test_a_fact_that_changes_nothing_is_not_work(plan: Plan, clinician: User) -> None:
    learn(plan.patient, "raynaud", clinician)

    assert recheck_plans(now=LATER) == 0
    assert Recheck.objects.get(plan=plan).found_at is None


def test_what_was_answered_at_publishing_is_not_asked_again(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician, facts=("deep_vein_thrombosis",))
    plan = publish(draft, clinician).plan
    assert plan.versions.get().document.findings
    learn(plan.patient, "raynaud", clinician)

    assert recheck_plans(now=LATER) == 0


def test_a_surgery_written_into_the_episode_is_found(plan: Plan, clinician: User) -> None:
    fields = {"surgery_type": "fusion", "surgery_on": NOW.date() - timedelta(days=5)}
    change_episode(episode=plan.episode, version=plan.episode.version, fields=fields, by=clinician, now=LATER)

    recheck_plans(now=LATER)

    assert any("surgery" in one["message"] for one in Recheck.objects.get(plan=plan).findings)


def test_publishing_anew_answers_it(plan: Plan, clinician: User) -> None:
    learn(plan.patient, "deep_vein_thrombosis", clinician)
    recheck_plans(now=LATER)

    version = publish(start_revision(plan=plan, by=clinician, now=NOW), clinician)

    row = Recheck.objects.get(plan=plan)
    assert (row.version, row.findings, row.found_at) == (version, [], None)
    assert recheck_plans(now=LATER) == 0


def test_a_plan_that_ended_is_left_alone(plan: Plan, clinician: User) -> None:
    end_plan(plan=plan, state="stopped", reason="Moves to another town.", by=clinician, now=NOW)
    learn(plan.patient, "deep_vein_thrombosis", clinician)

    assert recheck_plans(now=LATER) == 0


def test_a_plan_from_before_begins_with_what_is_known_now(plan: Plan, clinician: User) -> None:
    Recheck.objects.all().delete()
    learn(plan.patient, "deep_vein_thrombosis", clinician)

    assert recheck_plans(now=LATER) == 0
    learn(plan.patient, "malignancy_in_area", clinician)
    assert recheck_plans(now=LATER) == 1


def test_nothing_is_kept_when_the_audit_fails(
    plan: Plan, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(plan.patient, "deep_vein_thrombosis", clinician)

    def fail(**_kwargs: object) -> None:
        raise RuntimeError("audit is down")

    monkeypatch.setattr(recheck, "record_change", fail)
    with pytest.raises(RuntimeError):
        recheck_plans(now=LATER)

    assert Recheck.objects.get(plan=plan).found_at is None


def test_many_plans_are_looked_at_in_few_queries(
    plan: Plan, clinic: Clinic, clinician: User, django_assert_num_queries: object
) -> None:
    for _number in range(3):
        publish(make_draft(clinic, clinician), clinician)

    with django_assert_num_queries(4):  # type: ignore[operator]
        recheck_plans(now=LATER)


def test_no_plan_is_left_out_where_there_are_many(
    plan: Plan, clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "AT_A_TIME", 2)
    patients = [publish(make_draft(clinic, clinician), clinician).plan.patient for _number in range(4)]
    for patient in patients:
        learn(patient, "reduced_skin_sensation", clinician)

    assert recheck_plans(now=LATER) == len(patients)


def test_what_is_known_survives_being_kept(plan: Plan, clinician: User) -> None:
    patient = plan.patient
    record_fact(patient=patient, code="allergy", detail="latex", by=clinician, now=LATER)
    record_fact(patient=patient, code="mao_inhibitor", until_on=date(2026, 2, 1), by=clinician, now=LATER)
    facts = facts_of(patient, NOW.date())

    assert from_data(as_data(facts)) == facts
