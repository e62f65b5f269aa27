"""Own copies: what they begin with, and that a newer original is offered and never taken over by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.audit.record import SYSTEM
from careplans.library.conditions import TogetherCondition
from careplans.library.copies import copy_component, copy_template, keep_ours, offer_for, offers_in, take_over
from careplans.library.edit_component import CodeTaken, content_of
from careplans.library.load import load_starter
from careplans.library.models import Component, ComponentVersion, ReviewState, SafetyRule, TemplateVersion
from careplans.library.retire import retire_version
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.selectors import rules_of
from careplans.library.translation_approvals import approve_translation
from careplans.library.translations import save_translation, sha_of, words_of
from careplans.library.versions import ReviewRefusal
from careplans.plans.assemble import draft_document
from careplans.plans.models import DraftItem
from careplans.plans.selectors import findings_of
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_draft, template_of
from tests.make.recalls import recall

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


@pytest.fixture
def original(clinic: Clinic) -> ComponentVersion:
    return component_of(clinic, "ex-bridge")


@pytest.fixture
def copy(original: ComponentVersion, editor: User, reviewer: User) -> ComponentVersion:
    draft = copy_component(
        of=original, code="ex-bridge-runners", title="Bridge for **runners**", by=editor, now=NOW
    )
    return approved(draft, editor, reviewer)


def approved(draft: Any, editor: User, reviewer: User) -> Any:
    submit_for_review(version=draft, by=editor, now=NOW)
    approve_version(version=draft, by=reviewer, now=NOW)
    return type(draft).objects.get(pk=draft.pk)


def renewed(original: ComponentVersion, editor: User, reviewer: User) -> ComponentVersion:
    """A newer approved version of the original with other words."""
    draft = start_version(of=original, by=editor, now=LATER)
    ComponentVersion.objects.filter(pk=draft.pk).update(clinician_text="What is new.")
    draft.refresh_from_db()
    return approved(draft, editor, reviewer)


def test_a_copy_says_what_the_original_says_under_its_own_name(
    original: ComponentVersion, copy: ComponentVersion, editor: User
) -> None:
    one, other = content_of(original), content_of(copy)
    assert other.title == "Bridge for runners"
    assert (one.why, one.steps, one.dose, one.tags) == (other.why, other.steps, other.dose, other.tags)
    assert {*words_of(copy)} == {*words_of(original)}
    assert copy.component.origin == original.component
    assert copy.component.origin_number == original.number
    assert copy.component.category == original.component.category
    assert copy.number == 1
    assert list(copy.writers.all()) == [editor]
    event = AuditEvent.objects.get(action="componentversion.started", subject_id=str(copy.pk))
    assert event.details["copied_from"] == "ex-bridge v1"


def test_a_draft_is_not_copied(original: ComponentVersion, editor: User) -> None:
    draft = start_version(of=original, by=editor, now=NOW)
    with pytest.raises(ReviewRefusal, match="Only what is approved"):
        copy_component(of=draft, code="ex-x", title="X", by=editor, now=NOW)


@pytest.mark.parametrize("code", ["ex-bridge", "Ex Bridge", ""])
def test_a_code_is_its_own(original: ComponentVersion, editor: User, code: str) -> None:
    with pytest.raises(ReviewRefusal):
        copy_component(of=original, code=code, title="X", by=editor, now=NOW)


def test_a_medicine_is_not_copied(clinic: Clinic, editor: User) -> None:
    """Under a second code its days and doses would be counted apart, and no rule that names it would find it."""
    with pytest.raises(ReviewRefusal, match="A medicine has one entry"):
        copy_component(
            of=component_of(clinic, "med-cyclobenzaprine"), code="med-own", title="Ours", by=editor, now=NOW
        )
    assert not Component.objects.filter(code="med-own").exists()


def test_rules_aimed_by_code_find_the_copies_too(
    copy: ComponentVersion, clinic: Clinic, other_clinic: Clinic, editor: User, reviewer: User
) -> None:
    """Those aimed at it and those that ask what else the plan holds; copies of copies as well."""
    copy_component(of=copy, code="ex-bridge-sprint", title="For sprinters", by=editor, now=NOW)
    named = {"ex-bridge", "ex-bridge-runners", "ex-bridge-sprint"}
    rule = SafetyRule.objects.filter(clinic=clinic, state=ReviewState.APPROVED)[0]
    together = [{"kind": "together", "tags": ["heat"], "components": ["ex-bridge", "heat-wrap"]}]
    SafetyRule.objects.filter(pk=rule.pk).update(components=["ex-bridge"], when=together)

    (found,) = [one for one in rules_of(clinic) if one.code == rule.code]

    assert found.components == named
    (asked,) = found.when
    assert isinstance(asked, TogetherCondition)
    assert asked.tags == ("heat",)
    assert {*asked.components} == named | {"heat-wrap"}


def test_a_heat_rule_aimed_by_code_finds_a_copy_of_the_heat_wrap(
    clinic: Clinic, clinician: User, editor: User, reviewer: User
) -> None:
    of = component_of(clinic, "heat-wrap")
    ours = copy_component(of=of, code="heat-ours", title="Our wrap", by=editor, now=NOW)
    approved(ours, editor, reviewer)
    rule = SafetyRule.objects.filter(clinic=clinic, state=ReviewState.APPROVED)[0]
    SafetyRule.objects.filter(pk=rule.pk).update(
        components=["heat-wrap"], tags=[], when=[{"kind": "always"}], severity="stop"
    )
    draft = make_draft(clinic, clinician)
    held = DraftItem.objects.filter(phase__draft=draft, component_version=of)
    assert held.update(component_version=ours)

    found = findings_of(draft_document(draft, today=NOW.date()), draft.plan.patient, NOW.date())

    assert "heat-ours" in {one.component_code for one in found if one.rule_code == rule.code}


def test_what_was_recalled_is_not_copied(
    original: ComponentVersion, copy: ComponentVersion, clinic: Clinic, editor: User, reviewer: User
) -> None:
    """Also by whoever read it before: ``original`` still says that it is approved."""
    newest = renewed(original, editor, reviewer)
    recall(clinic, "ex-bridge")
    with pytest.raises(ReviewRefusal, match="recalled"):
        copy_component(of=newest, code="ex-late", title="Late", by=editor, now=LATER)
    with pytest.raises(ReviewRefusal, match="not what you looked at"):
        take_over(copy=copy.component, number=newest.number, by=editor, now=LATER)


def test_who_translated_the_original_does_not_approve_the_copy(
    original: ComponentVersion, clinic: Clinic, editor: User, reviewer: User
) -> None:
    """The copy has another English title; the translation is the same one."""
    translator = make_staff(clinic, Role.EDITOR, Role.REVIEWER, languages=["es"])
    draft = start_version(of=original, by=editor, now=NOW)
    words = words_of(draft)["es"] | {"why": "En palabras propias."}
    save_translation(
        version=draft, language="es", words=words, revision=draft.revision, by=translator, now=NOW
    )
    draft.refresh_from_db()
    newest = approved(draft, editor, reviewer)
    copy = approved(
        copy_component(of=newest, code="ex-told", title="Told", by=editor, now=NOW), editor, reviewer
    )
    sha256 = sha_of(words_of(copy)["en"], words_of(copy)["es"])
    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve_translation(
            version=copy, language="es", sha256=sha256, has_compared=True, by=translator, now=NOW
        )


def test_nothing_is_offered_while_the_original_stays(copy: ComponentVersion, clinic: Clinic) -> None:
    assert offer_for(copy.component) is None
    assert offers_in(clinic) == []


def test_a_newer_original_is_offered(
    original: ComponentVersion, copy: ComponentVersion, clinic: Clinic, editor: User, reviewer: User
) -> None:
    newest = renewed(original, editor, reviewer)

    (offer,) = offers_in(clinic)

    assert (offer.copy, offer.own, offer.newest) == (copy.component, copy, newest)
    assert offer.seen == original
    assert content_of(copy).clinician_text != "What is new."


def test_nobody_goes_on_with_a_retired_copy(
    original: ComponentVersion, copy: ComponentVersion, clinic: Clinic, editor: User, reviewer: User
) -> None:
    renewed(original, editor, reviewer)
    retire_version(version=copy, reason="Nobody runs any more", by=reviewer, now=LATER)

    assert offer_for(copy.component) is None
    assert offers_in(clinic) == []

    draft = start_version(of=copy, by=editor, now=LATER)
    assert [offer.own for offer in offers_in(clinic)] == [draft]


def test_taking_over_makes_a_draft_and_changes_nothing_in_use(
    original: ComponentVersion, copy: ComponentVersion, clinic: Clinic, editor: User, reviewer: User
) -> None:
    newest = renewed(original, editor, reviewer)

    draft = take_over(copy=copy.component, number=newest.number, by=editor, now=LATER)

    copy.refresh_from_db()
    assert (draft.number, draft.state, draft.component) == (2, ReviewState.DRAFT, copy.component)
    assert draft.clinician_text == "What is new."
    assert copy.state == ReviewState.APPROVED
    assert offers_in(clinic) == []
    assert AuditEvent.objects.get(action="component.original_taken_over").details["number"] == 2


def test_keeping_ours_is_on_record_and_ends_the_offer(
    original: ComponentVersion, copy: ComponentVersion, clinic: Clinic, editor: User, reviewer: User
) -> None:
    newest = renewed(original, editor, reviewer)

    keep_ours(copy=copy.component, number=newest.number, by=editor, now=LATER)

    assert offers_in(clinic) == []
    assert copy.component.versions.count() == 1
    assert AuditEvent.objects.get(action="component.original_kept").details["number"] == 2


def test_of_two_who_decide_the_second_is_told(
    original: ComponentVersion, copy: ComponentVersion, editor: User, reviewer: User
) -> None:
    newest = renewed(original, editor, reviewer)
    keep_ours(copy=copy.component, number=newest.number, by=editor, now=LATER)
    with pytest.raises(ReviewRefusal, match="not what you looked at"):
        take_over(copy=copy.component, number=newest.number, by=editor, now=LATER)


def test_what_is_being_written_is_not_overwritten(
    original: ComponentVersion, copy: ComponentVersion, editor: User, reviewer: User
) -> None:
    newest = renewed(original, editor, reviewer)
    start_version(of=copy, by=editor, now=LATER)
    with pytest.raises(ReviewRefusal, match="being written"):
        take_over(copy=copy.component, number=newest.number, by=editor, now=LATER)
    assert offer_for(type(copy.component).objects.get(pk=copy.component_id)) is not None


def test_a_template_is_copied_with_its_phases(clinic: Clinic, editor: User, reviewer: User) -> None:
    of = template_of(clinic)
    draft = copy_template(of=of, code="own-spasm", title="Spasm, our way", by=editor, now=NOW)
    assert str(draft) == "Spasm, our way"
    assert draft.template.origin == of.template
    assert [phase.code for phase in draft.phases.all()] == [phase.code for phase in of.phases.all()]
    assert draft.phases.first().items.count() == of.phases.first().items.count()
    with pytest.raises(CodeTaken):
        copy_template(of=of, code="own-spasm", title="Again", by=editor, now=NOW)
    copy = approved(draft, editor, reviewer)
    newer = approved(start_version(of=of, by=editor, now=LATER), editor, reviewer)
    (offer,) = offers_in(clinic)
    assert (offer.own, offer.newest) == (copy, newer)
    taken = take_over(copy=copy.template, number=newer.number, by=editor, now=LATER)
    assert TemplateVersion.objects.get(pk=taken.pk).phases.count() == of.phases.count()


@pytest.mark.parametrize("is_open", [True, False], ids=["draft", "approved"])
def test_a_newer_starter_never_overwrites_what_the_clinic_wrote(
    clinic: Clinic, original: ComponentVersion, editor: User, reviewer: User, is_open: bool
) -> None:
    """New starter content arrives for review beside what the clinic has, whatever state that is in."""
    own = start_version(of=original, by=editor, now=NOW)
    ComponentVersion.objects.filter(pk=own.pk).update(clinician_text="Our own words.")
    own.refresh_from_db()
    if not is_open:
        approved(own, editor, reviewer)
    # The release had other words before: its hash is not the one that is known.
    ComponentVersion.objects.filter(pk=original.pk).update(starter_sha256="of an older release")

    report = load_starter(clinic=clinic, by=SYSTEM, now=LATER)

    own.refresh_from_db()
    arrived = original.component.versions.get(number=3)
    assert report.for_review == 1
    assert own.clinician_text == "Our own words."
    assert own.state == (ReviewState.DRAFT if is_open else ReviewState.APPROVED)
    assert arrived.state == ReviewState.IN_REVIEW
    assert load_starter(clinic=clinic, by=SYSTEM, now=LATER).is_unchanged
