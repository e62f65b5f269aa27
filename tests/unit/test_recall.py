"""Recall: what is withdrawn cannot be published from that moment, and nobody who has it is forgotten."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.copies import copy_component
from careplans.library.models import ComponentVersion, Recall, Retirement, ReviewState
from careplans.library.recall import recall_component
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.versions import ReviewRefusal
from careplans.plans.holdings import holdings_of, newer_in, recalled_in
from careplans.plans.models import DraftItem, Holding, Plan, PlanVersion
from careplans.plans.refusals import PlanRefusal
from careplans.plans.start import start_revision
from careplans.plans.without import revise_with_newer, revise_without
from tests.factories import NOW, make_staff
from tests.make.library import rewrite
from tests.make.plans import component_of, make_draft, make_library
from tests.make.recalls import REASON, component, make_published, publish, recall

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
MOBILITY = "ex-gentle-mobility"


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


def corrected(clinic: Clinic, code: str, old: ComponentVersion, by: User) -> ComponentVersion:
    """A version written and approved anew by two people."""
    editor = make_staff(clinic, Role.EDITOR)
    draft = start_version(of=old, by=editor, now=LATER)
    draft = rewrite(draft, editor, clinician_text="Only while standing.")
    submit_for_review(version=draft, by=editor, now=LATER)
    approve_version(version=draft, by=by, now=LATER)
    return draft


def recalled_titles(plan: Plan) -> list[str]:
    return [held.title for held in recalled_in(plan.pk)]


def test_what_is_recalled_is_out_of_use_with_its_reason(clinic: Clinic, reviewer: User) -> None:
    version = component_of(clinic, MOBILITY)
    recall_component(component=version.component, reason=REASON, by=reviewer, now=NOW)
    version.refresh_from_db()
    assert version.state == ReviewState.RETIRED
    assert Retirement.objects.get(component_version=version).reason == REASON
    assert AuditEvent.objects.filter(action="component.recalled").get().details["reason"] == REASON


def test_a_draft_of_it_is_withdrawn_too(clinic: Clinic, reviewer: User) -> None:
    """It was written from what turned out to be wrong."""
    version = component_of(clinic, MOBILITY)
    draft = start_version(of=version, by=make_staff(clinic, Role.EDITOR), now=NOW)
    assert recall(clinic, MOBILITY).up_to_number == draft.number
    draft.refresh_from_db()
    assert draft.state == ReviewState.RETIRED


def test_a_recall_needs_words_and_happens_once(clinic: Clinic, reviewer: User) -> None:
    make_library(clinic)
    with pytest.raises(Exception, match="why it is recalled"):
        recall_component(component=component(clinic, MOBILITY), reason="12.", by=reviewer, now=NOW)
    assert not Recall.objects.exists()
    recall(clinic, MOBILITY)
    with pytest.raises(ReviewRefusal, match="already"):
        recall(clinic, MOBILITY)


def test_what_was_never_in_use_is_not_recalled(clinic: Clinic, reviewer: User) -> None:
    make_library(clinic)
    ComponentVersion.objects.filter(component__code=MOBILITY).update(
        state=ReviewState.IN_REVIEW, approved_at=None
    )
    with pytest.raises(ReviewRefusal, match="never in use"):
        recall(clinic, MOBILITY)


def test_no_plan_is_published_with_it_from_then_on(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician)
    recall(clinic, MOBILITY)
    with pytest.raises(PlanRefusal, match="No longer approved"):
        publish(draft, clinician)
    assert not PlanVersion.objects.exists()


def test_publishing_writes_what_a_plan_holds(clinic: Clinic, clinician: User) -> None:
    plan = make_published(clinic, clinician)
    held = {str(pk) for pk in Holding.objects.values_list("component_version", flat=True)}
    document = plan.versions.get().document
    assert held == {item.component_version_id for item in document.items}


def test_each_running_plan_that_holds_it_is_found_and_no_other(clinic: Clinic, clinician: User) -> None:
    concerned = [make_published(clinic, clinician) for _ in range(3)]
    other = make_published(clinic, clinician, template="desk-worker-neck-upper-back")
    ended = make_published(clinic, clinician)
    Plan.objects.filter(pk=ended.pk).update(state=Plan.State.STOPPED, ended_at=NOW)
    recall(clinic, "heat-wrap")
    assert {held.plan for held in holdings_of(component(clinic, "heat-wrap"))} == set(concerned)
    assert [recalled_titles(plan) != [] for plan in concerned] == [True] * 3
    assert recalled_titles(other) == []


def test_who_holds_it_equals_reading_every_document(clinic: Clinic, clinician: User) -> None:
    """Against an oracle that reads the documents themselves, over plans revised at random."""
    chance = random.Random(7)
    plans = [make_published(clinic, clinician) for _ in range(4)]
    for plan in plans:
        for _step in range(chance.randint(0, 2)):
            draft = start_revision(plan=plan, by=clinician, now=NOW)
            items = [item for phase in draft.phases.all() for item in phase.items.all()]
            for item in chance.sample(items, 5):
                item.delete()
            publish(draft, clinician)
    for code in ("heat-wrap", MOBILITY, "ex-bird-dog", "ergo-sleep-side"):
        told = {plan.pk for plan in plans if code in _codes_told(plan)}
        assert {held.plan_id for held in holdings_of(component(clinic, code))} == told, code


def _codes_told(plan: Plan) -> set[str]:
    newest = plan.versions.order_by("-number")[0]
    return {item.component_code for item in newest.document.items}


def test_one_step_makes_a_draft_without_it(clinic: Clinic, clinician: User) -> None:
    plan = make_published(clinic, clinician)
    recall(clinic, MOBILITY)
    draft = revise_without(plan=plan, component=component(clinic, MOBILITY), by=clinician, now=LATER)
    publish(draft, clinician, LATER)
    document = plan.versions.order_by("-number")[0].document
    assert MOBILITY not in {item.component_code for item in document.items}
    assert recalled_titles(plan) == []


def test_a_draft_that_is_open_loses_only_what_was_recalled(clinic: Clinic, clinician: User) -> None:
    plan = make_published(clinic, clinician)
    draft = start_revision(plan=plan, by=clinician, now=NOW)
    before = {
        item.component_version.component.code for phase in draft.phases.all() for item in phase.items.all()
    }
    recall(clinic, MOBILITY)
    same = revise_without(plan=plan, component=component(clinic, MOBILITY), by=clinician, now=LATER)
    after = {
        item.component_version.component.code for phase in same.phases.all() for item in phase.items.all()
    }
    assert same.pk == draft.pk
    assert before - after == {MOBILITY}
    assert same.revision > draft.revision  # whoever has the old page open is told


def test_where_a_corrected_version_is_approved_it_takes_the_place(
    clinic: Clinic, clinician: User, reviewer: User
) -> None:
    plan = make_published(clinic, clinician)
    old = component_of(clinic, MOBILITY)
    recall(clinic, MOBILITY)
    old.refresh_from_db()
    new = corrected(clinic, MOBILITY, old, reviewer)
    assert recalled_titles(plan) != []  # the patient still has the old one
    draft = revise_without(plan=plan, component=new.component, by=clinician, now=LATER)
    publish(draft, clinician, LATER)
    items = plan.versions.order_by("-number")[0].document.items
    assert {item.component_version_number for item in items if item.component_code == MOBILITY} == {2}
    assert recalled_titles(plan) == []


def test_a_newer_version_is_offered_and_taken_with_the_dose_as_it_was(
    clinic: Clinic, clinician: User, reviewer: User
) -> None:
    plan = make_published(clinic, clinician)
    doses = {item.key: item.dose for item in plan.versions.get().document.items}
    assert newer_in(plan) == []
    new = corrected(clinic, MOBILITY, component_of(clinic, MOBILITY), reviewer)
    assert [(old.number, newer) for old, newer in newer_in(plan)] == [(1, new)]
    publish(revise_with_newer(plan=plan, by=clinician, now=LATER), clinician, LATER)
    document = plan.versions.order_by("-number")[0].document
    assert {item.key: item.dose for item in document.items} == doses
    assert document.changes == ()  # only clinicians read what was written anew
    assert newer_in(plan) == []


def test_an_open_draft_takes_the_newer_version_too(clinic: Clinic, clinician: User, reviewer: User) -> None:
    plan = make_published(clinic, clinician)
    draft = start_revision(plan=plan, by=clinician, now=NOW)
    new = corrected(clinic, MOBILITY, component_of(clinic, MOBILITY), reviewer)
    same = revise_with_newer(plan=plan, by=clinician, now=LATER)
    assert same.pk == draft.pk
    held = {item.component_version for phase in same.phases.all() for item in phase.items.all()}
    assert new in held


def test_another_clinics_plans_are_not_concerned(
    clinic: Clinic, other_clinic: Clinic, clinician: User
) -> None:
    there = make_published(other_clinic, make_staff(other_clinic, Role.CLINICIAN))
    make_published(clinic, clinician)
    recall(clinic, MOBILITY)
    assert recalled_titles(there) == []


def own_copy(clinic: Clinic, of: ComponentVersion, code: str, by: User | None = None) -> ComponentVersion:
    """A copy, approved by ``by``; a draft without."""
    editor = make_staff(clinic, Role.EDITOR)
    draft = copy_component(of=of, code=code, title=code, by=editor, now=NOW)
    if by is not None:
        submit_for_review(version=draft, by=editor, now=NOW)
        approve_version(version=draft, by=by, now=NOW)
    return draft


def test_copies_are_recalled_with_it(clinic: Clinic, clinician: User, reviewer: User) -> None:
    """They say what turned out to be wrong: plans that hold one are listed, copies of copies as well."""
    first = own_copy(clinic, component_of(clinic, MOBILITY), "ex-own", reviewer)
    second = own_copy(clinic, first, "ex-own-again", reviewer)
    unused = own_copy(clinic, second, "ex-never")
    draft = make_draft(clinic, clinician)
    item = DraftItem.objects.get(phase=draft.phases.all()[0], component_version__component__code=MOBILITY)
    DraftItem.objects.filter(pk=item.pk).update(component_version=second)
    plan = publish(draft, clinician)

    recall(clinic, MOBILITY)

    assert "ex-own-again" in recalled_titles(plan)
    told = {one.component.code: (one.up_to_number, one.reason) for one in Recall.objects.all()}
    assert told == dict.fromkeys((MOBILITY, "ex-own", "ex-own-again"), (1, REASON))
    for version in (first, second, unused):
        version.refresh_from_db()
        assert version.state == ReviewState.RETIRED
    assert [held.plan for held in holdings_of(second.component)] == [plan]


def test_a_copy_alone_is_recalled_without_its_original(clinic: Clinic, reviewer: User) -> None:
    original = component_of(clinic, MOBILITY)
    own_copy(clinic, original, "ex-own", reviewer)
    recall(clinic, "ex-own")
    original.refresh_from_db()
    assert original.state == ReviewState.APPROVED
    recall(clinic, MOBILITY)
    assert Recall.objects.filter(component__code="ex-own").count() == 1
