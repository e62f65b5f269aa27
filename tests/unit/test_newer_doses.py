"""A newer version with another usual dose: the plan follows it, or a clinician says that the plan's own dose is right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.dose import Dose, parse_dose
from careplans.library.models import ComponentVersion, TemplateItem
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.plans.assemble import draft_document
from careplans.plans.drafting import change_item, decide_finding
from careplans.plans.models import Draft, DraftItem, Plan
from careplans.plans.newer import RULE
from careplans.plans.refusals import FindingsUndecided
from careplans.plans.selectors import findings_of_draft
from careplans.plans.start import start_revision
from careplans.plans.without import revise_with_newer, revise_without, version_taken
from tests.factories import NOW, make_staff
from tests.make.library import rewrite
from tests.make.plans import component_of, make_draft, template_of
from tests.make.recalls import component, publish, recall

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
MOBILITY = "ex-gentle-mobility"
OWN = parse_dose({"kind": "duration", "minutes": 7, "times_a_day": 2})
NEW = parse_dose({"kind": "duration", "minutes": 1, "times_a_day": 9})
OTHER_WAY = parse_dose({"kind": "repetitions", "reps": 4})
Revise = Callable[[Plan, User], Draft]


def items_of(draft: Draft) -> list[DraftItem]:
    found = DraftItem.objects.filter(phase__draft=draft, component_version__component__code=MOBILITY)
    return list(found.select_related("phase__draft", "component_version"))


def plan_with(clinic: Clinic, clinician: User, dose: Dose | None) -> Plan:
    """Published with this dose of gentle mobility, or with the usual one."""
    draft = make_draft(clinic, clinician)
    usual = component_of(clinic, MOBILITY).default_dose
    data = dose.model_dump(mode="json") if dose else usual
    DraftItem.objects.filter(pk__in=[one.pk for one in items_of(draft)]).update(dose_data=data)
    return publish(draft, clinician)


def corrected(
    clinic: Clinic, dose: Dose = NEW, *, of: ComponentVersion | None = None, now: datetime = NOW
) -> ComponentVersion:
    editor = make_staff(clinic, Role.EDITOR)
    draft = start_version(of=of or component_of(clinic, MOBILITY), by=editor, now=now)
    draft = rewrite(draft, editor, default_dose=dose.model_dump(mode="json"))
    submit_for_review(version=draft, by=editor, now=now)
    approve_version(version=draft, by=make_staff(clinic, Role.REVIEWER), now=now)
    return draft


def recalled_and_corrected(clinic: Clinic, plan: Plan, by: User) -> Draft:
    old = component_of(clinic, MOBILITY)
    recall(clinic, MOBILITY)
    old.refresh_from_db()
    corrected(clinic, of=old)
    return revise_without(plan=plan, component=component(clinic, MOBILITY), by=by, now=LATER)


def updated(clinic: Clinic, plan: Plan, by: User) -> Draft:
    corrected(clinic)
    return revise_with_newer(plan=plan, by=by, now=LATER)


def updated_in_an_open_draft(clinic: Clinic, plan: Plan, by: User) -> Draft:
    start_revision(plan=plan, by=by, now=LATER)
    return updated(clinic, plan, by)


def recalled_in_an_open_draft(clinic: Clinic, plan: Plan, by: User) -> Draft:
    start_revision(plan=plan, by=by, now=LATER)
    return recalled_and_corrected(clinic, plan, by)


def revised(clinic: Clinic, plan: Plan, by: User) -> Draft:
    corrected(clinic)
    return start_revision(plan=plan, by=by, now=LATER)


WAYS = [
    recalled_and_corrected,
    recalled_in_an_open_draft,
    updated,
    updated_in_an_open_draft,
    revised,
]


def asked(draft: Draft) -> list[Any]:
    draft = Draft.objects.get(pk=draft.pk)
    found = findings_of_draft(draft, draft_document(draft, today=LATER.date()), LATER.date())
    return [one for one in found if one.rule_code == RULE]


def doses(draft: Draft) -> set[str]:
    return {item.dose.in_words() for item in items_of(draft)}


@pytest.mark.parametrize("way", WAYS)
def test_a_usual_dose_becomes_the_new_usual_dose(clinic: Clinic, clinician: User, way: Any) -> None:
    plan = plan_with(clinic, clinician, None)
    draft = way(clinic, plan, clinician)
    assert doses(draft) == {NEW.in_words()}
    assert asked(draft) == []
    publish(draft, clinician, LATER)
    changes = " ".join(plan.versions.order_by("-number")[0].document.changes)
    assert f"now {NEW.in_words()} (before:" in changes


@pytest.mark.parametrize("way", WAYS)
def test_a_dose_of_its_own_is_not_published_unasked(clinic: Clinic, clinician: User, way: Any) -> None:
    usual = component_of(clinic, MOBILITY).dose
    plan = plan_with(clinic, clinician, OWN)
    draft = way(clinic, plan, clinician)

    assert doses(draft) == {OWN.in_words()}
    with pytest.raises(FindingsUndecided):
        publish(draft, clinician, LATER)
    found = asked(draft)
    assert len(found) == len(items_of(draft))
    for said in (OWN, usual, NEW):
        assert said.in_words() in found[0].message

    decide(draft, clinician)
    publish(draft, clinician, LATER)
    document = plan.versions.order_by("-number")[0].document
    assert {item.dose for item in document.items if item.component_code == MOBILITY} == {OWN}
    assert asked(start_revision(plan=plan, by=clinician, now=LATER)) == []


def decide(draft: Draft, by: User) -> None:
    for finding in asked(draft):
        draft.refresh_from_db()
        decide_finding(draft=draft, finding=finding, reason="", revision=draft.revision, by=by, now=LATER)


def change(item: DraftItem, dose: Dose, by: User, note: str = "") -> None:
    item.phase.draft.refresh_from_db()
    change_item(item=item, dose=dose, note=note, revision=item.phase.draft.revision, by=by, now=LATER)


def test_another_dose_is_an_answer_and_a_note_is_none(clinic: Clinic, clinician: User) -> None:
    draft = updated(clinic, plan_with(clinic, clinician, OWN), clinician)
    first, *others = items_of(draft)
    change(first, OWN, clinician, note="Slowly.")
    assert len(asked(draft)) == 1 + len(others)
    change(first, NEW, clinician)
    assert len(asked(draft)) == len(others)


def test_an_answer_is_of_one_dose_beside_one_usual_dose(clinic: Clinic, clinician: User) -> None:
    plan = plan_with(clinic, clinician, OWN)
    draft = updated(clinic, plan, clinician)
    decide(draft, clinician)
    again = parse_dose({"kind": "duration", "minutes": 2, "times_a_day": 3})
    corrected(clinic, again)
    draft = revise_with_newer(plan=plan, by=clinician, now=LATER)
    assert again.in_words() in asked(draft)[0].message
    with pytest.raises(FindingsUndecided):
        publish(draft, clinician, LATER)


def test_where_the_usual_dose_is_the_same_nothing_is_asked(clinic: Clinic, clinician: User) -> None:
    plan = plan_with(clinic, clinician, OWN)
    editor = make_staff(clinic, Role.EDITOR)
    draft = start_version(of=component_of(clinic, MOBILITY), by=editor, now=NOW)
    draft = rewrite(draft, editor, clinician_text="Only while standing.")
    submit_for_review(version=draft, by=editor, now=NOW)
    approve_version(version=draft, by=make_staff(clinic, Role.REVIEWER), now=NOW)
    revision = revise_with_newer(plan=plan, by=clinician, now=LATER)
    assert (doses(revision), asked(revision)) == ({OWN.in_words()}, [])


def test_a_usual_dose_that_is_done_in_another_way_now_follows_unasked(
    clinic: Clinic, clinician: User
) -> None:
    plan = plan_with(clinic, clinician, None)
    corrected(clinic, OTHER_WAY)
    draft = revise_with_newer(plan=plan, by=clinician, now=LATER)
    assert (doses(draft), asked(draft)) == ({OTHER_WAY.in_words()}, [])


@pytest.mark.parametrize("revise", [revise_with_newer, start_revision])
def test_a_dose_of_its_own_that_cannot_be_kept_is_not_lost_unasked(
    clinic: Clinic, clinician: User, revise: Any
) -> None:
    usual = component_of(clinic, MOBILITY).dose
    plan = plan_with(clinic, clinician, OWN)
    corrected(clinic, OTHER_WAY)
    draft = revise(plan=plan, by=clinician, now=LATER)

    assert doses(draft) == {OTHER_WAY.in_words()}
    with pytest.raises(FindingsUndecided):
        publish(draft, clinician, LATER)
    found = asked(draft)
    assert len(found) == len(items_of(draft))
    assert "cannot be kept" in found[0].message
    for said in (OWN, usual, OTHER_WAY):
        assert said.in_words() in found[0].message

    decide(draft, clinician)
    publish(draft, clinician, LATER)
    assert asked(start_revision(plan=plan, by=clinician, now=LATER)) == []


def test_another_dose_in_the_place_of_one_that_was_lost_is_an_answer(clinic: Clinic, clinician: User) -> None:
    plan = plan_with(clinic, clinician, OWN)
    corrected(clinic, OTHER_WAY)
    draft = revise_with_newer(plan=plan, by=clinician, now=LATER)
    first, *others = items_of(draft)
    change(first, parse_dose({"kind": "repetitions", "reps": 2}), clinician)
    assert len(asked(draft)) == len(others)


def test_a_dose_that_was_lost_comes_back_with_a_version_that_can_keep_it(
    clinic: Clinic, clinician: User
) -> None:
    plan = plan_with(clinic, clinician, OWN)
    for dose in (OTHER_WAY, NEW):
        corrected(clinic, dose)
        draft = revise_with_newer(plan=plan, by=clinician, now=LATER)
    assert doses(draft) == {OWN.in_words()}
    assert "The plan keeps its own dose" in asked(draft)[0].message


def test_which_version_took_the_place(clinic: Clinic, clinician: User) -> None:
    plan = plan_with(clinic, clinician, None)
    draft = recalled_and_corrected(clinic, plan, clinician)
    taken = version_taken(draft, component(clinic, MOBILITY))
    assert taken is not None
    assert taken.number == 2
    assert version_taken(draft, component(clinic, "adj-herbal")) is None


def started_after(clinic: Clinic, clinician: User, in_template: Dose | None) -> Draft:
    """A plan begun from a template that was approved beside an older usual dose."""
    usual = component_of(clinic, MOBILITY).default_dose
    items = TemplateItem.objects.filter(phase__version=template_of(clinic), component__code=MOBILITY)
    assert items.update(dose=in_template.model_dump(mode="json") if in_template else usual)
    corrected(clinic, now=LATER)
    return make_draft(clinic, clinician)


def test_a_plan_from_an_older_template_takes_the_new_usual_dose(clinic: Clinic, clinician: User) -> None:
    draft = started_after(clinic, clinician, None)
    assert (doses(draft), asked(draft)) == ({NEW.in_words()}, [])


def test_a_dose_of_an_older_templates_own_is_asked_about(clinic: Clinic, clinician: User) -> None:
    draft = started_after(clinic, clinician, OWN)
    assert doses(draft) == {OWN.in_words()}
    assert len(asked(draft)) == len(items_of(draft))
    with pytest.raises(FindingsUndecided):
        publish(draft, clinician, LATER)


@pytest.mark.parametrize(("in_template", "told"), [(OWN, OWN), (None, NEW)])
def test_a_template_older_than_its_components_first_version_is_decided_beside_that(
    clinic: Clinic, clinician: User, in_template: Dose | None, told: Dose
) -> None:
    template = template_of(clinic)
    approved_on = NOW - timedelta(days=400)
    type(template).objects.filter(pk=template.pk).update(approved_at=approved_on)
    first = component_of(clinic, MOBILITY)
    assert first.approved_at is not None
    assert first.approved_at > approved_on
    draft = started_after(clinic, clinician, in_template)
    assert doses(draft) == {told.in_words()}
    assert bool(asked(draft)) == (in_template is not None)


def test_a_template_approved_since_says_what_it_means(clinic: Clinic, clinician: User) -> None:
    editor = make_staff(clinic, Role.EDITOR)
    started_after(clinic, clinician, OWN)
    newer = start_version(of=template_of(clinic), by=editor, now=LATER)
    submit_for_review(version=newer, by=editor, now=LATER)
    approve_version(version=newer, by=make_staff(clinic, Role.REVIEWER), now=LATER)
    draft = make_draft(clinic, clinician)
    assert (doses(draft), asked(draft)) == ({OWN.in_words()}, [])
