"""A decision covers exactly its finding: whatever it was about asks again when it changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.accounts.models import Clinic, User
from careplans.plans.assemble import draft_document
from careplans.plans.document import PlanDocument
from careplans.plans.drafting import add_item, change_item, decide_finding
from careplans.plans.freeze import freeze_draft
from careplans.plans.models import Draft, FindingDecision
from careplans.plans.refusals import FindingsUndecided
from careplans.plans.selectors import findings_of
from tests.factories import NOW
from tests.make.plans import component_of, make_draft
from tests.make.safety import document, findings, item, phase


def key_of(rule: str, plan: PlanDocument, *codes: str, **facts: Any) -> str:
    [key] = {one.key for one in findings(plan, *codes, **facts) if one.rule_code == rule}
    return key


def relaxant(**dose: object) -> PlanDocument:
    return document(phase(item("med-cyclobenzaprine", **dose)))


HEPATIC = "cyclobenzaprine-hepatic-mild"


def test_a_changed_dose_is_asked_about_again() -> None:
    keys = {
        key_of(HEPATIC, relaxant(**dose), "hepatic_impairment_mild")
        for dose in (
            {},
            {"amount": 30},
            {"amount": 30, "times_a_day": 3},
            {"unit": "g"},
            {"course_days": 8},
            {"as_needed": True},
        )
    }

    assert len(keys) == 6


def test_the_same_dose_again_is_the_same_finding() -> None:
    once, again = relaxant(), relaxant()

    assert once is not again
    assert key_of(HEPATIC, once, "hepatic_impairment_mild") == key_of(
        HEPATIC, again, "hepatic_impairment_mild"
    )


def test_another_fact_that_matches_is_asked_about() -> None:
    plan = document(phase(item("med-cyclobenzaprine")))
    rule = "cyclobenzaprine-glaucoma-retention"

    one, both = key_of(rule, plan, "glaucoma"), key_of(rule, plan, "glaucoma", "urinary_retention")

    assert one != both
    assert one == key_of(rule, plan, "glaucoma", "raynaud")


def test_another_allergy_is_asked_about() -> None:
    plan = document(phase(item("med-ibuprofen")))

    first = key_of("allergy-nsaid", plan, allergies=("naproxen: rash",))
    second = key_of("allergy-nsaid", plan, allergies=("naproxen: rash", "ibuprofen: anaphylaxis"))

    assert first != second


def test_another_dose_of_the_medicine_beside_it_is_asked_about() -> None:
    """About the opioid nothing changed; what it is taken with did."""
    keys = {
        finding.key
        for amount in (100, 300)
        for finding in findings(document(phase(item("med-opioid"), item("med-gabapentin", amount=amount))))
        if finding.rule_code == "sedating-two-together" and finding.component_code == "med-opioid"
    }

    assert len(keys) == 2


def test_one_phase_more_is_asked_about() -> None:
    one = document(phase(item("heat-moist")))
    two = document(phase(item("heat-moist")), phase(item("heat-moist"), starts=7))

    assert key_of("heat-thrombosis", one, "deep_vein_thrombosis") != key_of(
        "heat-thrombosis", two, "deep_vein_thrombosis"
    )


def test_another_clearance_day_is_asked_about() -> None:
    lifting = phase(item("ex-lifting-practice"))

    assert key_of("load-before-clearance", document(lifting, clearance=20)) != key_of(
        "load-before-clearance", document(lifting, clearance=40)
    )


def test_keys_fit_where_decisions_are_kept() -> None:
    longest = FindingDecision._meta.get_field("finding_key").max_length

    plan = document(phase(item("med-cyclobenzaprine", course_days=40), item("hand-manipulation")))
    found = findings(plan, "mao_inhibitor", "osteoporosis", age=80)

    assert found
    # Codes of rules have at most 80 characters, those of components 60.
    assert all(len(one.key) - len(one.rule_code) - len(one.component_code) + 140 <= longest for one in found)


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_course_is_covered_only_by_itself(one: int, other: int) -> None:
    plans = [relaxant(course_days=22 + days) for days in (one, other)]

    keys = {key_of("cyclobenzaprine-longer-than-21-days", plan) for plan in plans}

    assert len(keys) == (1 if one == other else 2)


def test_publishing_asks_again_after_the_dose_was_raised(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician, facts=("hepatic_impairment_mild",))
    version = component_of(clinic, "med-cyclobenzaprine")
    phase_ = draft.phases.first()
    relaxant_ = add_item(
        phase=phase_, component_version=version, dose=version.dose, revision=1, by=clinician, now=NOW
    )
    decide_all(draft, clinician)
    raised = version.dose.model_copy(update={"times_a_day": 2})
    change_item(item=relaxant_, dose=raised, note="", revision=draft.revision, by=clinician, now=NOW)
    draft.refresh_from_db()

    with pytest.raises(FindingsUndecided, match="Cyclobenzaprine"):
        freeze_draft(draft=draft, revision=draft.revision, by=clinician, now=NOW)

    draft.refresh_from_db()
    decide_all(draft, clinician)
    freeze_draft(draft=draft, revision=draft.revision, by=clinician, now=NOW)


def decide_all(draft: Draft, by: User) -> None:
    document_ = draft_document(draft, today=NOW.date())
    for finding in findings_of(document_, draft.plan.patient, NOW.date()):
        draft.refresh_from_db()
        decide_finding(
            draft=draft,
            finding=finding,
            reason="Lowest dose, reviewed in a week.",
            revision=draft.revision,
            by=by,
            now=NOW,
        )
    draft.refresh_from_db()
