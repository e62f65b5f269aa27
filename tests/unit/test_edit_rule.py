"""Writing safety rules: what a draft keeps, what is refused, and that nobody overwrites a colleague unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library import versions
from careplans.library.edit_rule import RuleSays, new_rule, save_rule
from careplans.library.models import ReviewState, SafetyRule, Source
from careplans.library.own_codes import NameTaken
from careplans.library.review import start_version, submit_for_review
from careplans.library.versions import ReviewRefusal, StaleVersion
from tests.factories import NOW, make_staff
from tests.make.plans import make_library
from tests.make.rules import rule_of, rule_says

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR, name="Ed Itor")


@pytest.fixture
def draft(clinic: Clinic, editor: User) -> SafetyRule:
    return start_version(of=rule_of(clinic, "cyclobenzaprine-mao-inhibitor"), by=editor, now=NOW)


def as_written(rule: SafetyRule, **changed: Any) -> RuleSays:
    says = RuleSays(
        name="",
        components=list(rule.components),
        tags=list(rule.tags),
        when=list(rule.when),
        severity=rule.severity,
        message=rule.message,
        instead=rule.instead,
        source=rule.source,
    )
    return replace(says, **changed)


def test_a_new_rule_is_a_draft_with_a_code_of_its_name(clinic: Clinic, editor: User) -> None:
    rule = new_rule(clinic=clinic, says=rule_says(clinic, name="Heat and glaucoma"), by=editor, now=NOW)

    assert (rule.code, rule.state, rule.number) == ("heat-and-glaucoma", ReviewState.DRAFT, 1)
    assert rule.when == [{"kind": "fact", "any_of": ["glaucoma"], "days_after": 0}]
    assert set(rule.writers.all()) == {editor}
    assert AuditEvent.objects.filter(action="safetyrule.started", subject_id=str(rule.pk)).exists()


@pytest.mark.parametrize("name", ["cyclobenzaprine-heart", "Cyclobenzaprine heart", "CYCLOBENZAPRINE-HEART"])
def test_a_code_that_is_taken_begins_no_second_rule(clinic: Clinic, editor: User, name: str) -> None:
    with pytest.raises(NameTaken, match=r"This code is taken: cyclobenzaprine-heart"):
        new_rule(clinic=clinic, says=rule_says(clinic, name=name), by=editor, now=NOW)


def test_another_clinics_codes_are_free(clinic: Clinic, other_clinic: Clinic, editor: User) -> None:
    make_library(other_clinic)
    SafetyRule.objects.filter(clinic=clinic, code="cyclobenzaprine-heart").delete()

    rule = new_rule(clinic=clinic, says=rule_says(clinic, name="cyclobenzaprine-heart"), by=editor, now=NOW)

    assert rule.clinic == clinic


@pytest.mark.parametrize("name", ["", "قلب", "!!", "x" * 81])
def test_a_name_no_code_can_be_made_of_is_refused(clinic: Clinic, editor: User, name: str) -> None:
    with pytest.raises(ReviewRefusal, match="Latin letters"):
        new_rule(clinic=clinic, says=rule_says(clinic, name=name), by=editor, now=NOW)


def test_saving_writes_everything_and_says_what_changed(draft: SafetyRule, editor: User) -> None:
    when = [{"kind": "fact", "any_of": ["mao_inhibitor"], "days_after": 21}]
    says = as_written(draft, when=when, severity="caution", message=" Twenty-one\r\ndays. ")

    saved = save_rule(version=draft, says=says, revision=1, by=editor, now=NOW)

    saved.refresh_from_db()
    assert (saved.when, saved.severity, saved.message) == (when, "caution", "Twenty-one days.")
    assert saved.revision == 2
    event = AuditEvent.objects.get(action="safetyrule.changed", subject_id=str(draft.pk))
    assert event.details["changed"] == ["message", "severity", "when"]


def test_saved_as_it_stands_no_rule_of_the_product_changes(clinic: Clinic, editor: User) -> None:
    for rule in SafetyRule.objects.filter(clinic=clinic):
        draft = start_version(of=rule, by=editor, now=NOW)
        says = as_written(draft, components=draft.components[::-1], tags=draft.tags[::-1])
        saved = save_rule(version=draft, says=says, revision=1, by=editor, now=NOW)
        saved.refresh_from_db()
        assert as_written(saved) == as_written(rule)


def test_facts_in_another_order_are_the_same_condition(clinic: Clinic, editor: User) -> None:
    draft = start_version(of=rule_of(clinic, "cyclobenzaprine-glaucoma-retention"), by=editor, now=NOW)
    turned = [{"kind": "fact", "any_of": ["urinary_retention", "glaucoma"]}]

    saved = save_rule(version=draft, says=as_written(draft, when=turned), revision=1, by=editor, now=NOW)

    assert saved.when[0]["any_of"] == ["glaucoma", "urinary_retention"]


def test_an_older_revision_is_refused_and_writes_nothing(
    clinic: Clinic, draft: SafetyRule, editor: User
) -> None:
    other = make_staff(clinic, Role.EDITOR)
    save_rule(version=draft, says=as_written(draft, message="Theirs."), revision=1, by=other, now=NOW)

    with pytest.raises(StaleVersion):
        save_rule(version=draft, says=as_written(draft, message="Mine."), revision=1, by=editor, now=NOW)

    draft.refresh_from_db()
    assert draft.message == "Theirs."


def test_what_is_in_review_is_not_written_in(draft: SafetyRule, editor: User) -> None:
    submit_for_review(version=draft, by=editor, now=NOW)

    with pytest.raises(ReviewRefusal, match="no longer a draft"):
        save_rule(version=draft, says=as_written(draft, severity="inform"), revision=1, by=editor, now=NOW)


def test_whoever_saved_is_a_writer(clinic: Clinic, draft: SafetyRule, editor: User) -> None:
    both = make_staff(clinic, Role.EDITOR, Role.REVIEWER)

    save_rule(version=draft, says=as_written(draft, severity="inform"), revision=1, by=both, now=NOW)

    assert set(draft.writers.all()) == {editor, both}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("when", [{"kind": "fact", "any_of": ["glaucomma"]}], "“glaucomma” is not known"),
        ("when", [], "missing"),
        ("when", [{"kind": "moon"}], "moon"),
        ("when", [{"kind": "together", "tags": ["nsaids"]}], "“nsaids” is not known"),
        ("when", [{"kind": "together", "components": ["x"]}], "“x” is not in the library"),
        ("when", [{"kind": "dose", "units": ["ml", "mg"], "most_each": 1, "most_a_day": 1}], "Millilitres"),
        ("components", ["med-ibuprofin"], "“med-ibuprofin” is not in the library"),
        ("tags", ["nsaids"], "“nsaids” is not known"),
        ("message", " \n ", "message: missing"),
        ("message", "x" * 401, "too long"),
        ("severity", "grave", "severity"),
        ("source", None, "source: choose one"),
    ],
)
def test_a_rule_no_plan_could_be_assessed_by_is_refused(
    draft: SafetyRule, editor: User, field: str, value: Any, said: str
) -> None:
    before = as_written(draft)

    with pytest.raises(ReviewRefusal, match=said):
        save_rule(version=draft, says=as_written(draft, **{field: value}), revision=1, by=editor, now=NOW)

    draft.refresh_from_db()
    assert (as_written(draft), draft.revision) == (before, 1)


def test_a_rule_aims_at_something(draft: SafetyRule, editor: User) -> None:
    with pytest.raises(ReviewRefusal, match="components or tags: missing"):
        save_rule(
            version=draft, says=as_written(draft, components=[], tags=[]), revision=1, by=editor, now=NOW
        )


def test_another_clinics_source_is_refused(draft: SafetyRule, editor: User, other_clinic: Clinic) -> None:
    make_library(other_clinic)
    theirs = Source.objects.filter(clinic=other_clinic)[0]

    with pytest.raises(ReviewRefusal, match="source: choose one"):
        save_rule(version=draft, says=as_written(draft, source=theirs), revision=1, by=editor, now=NOW)


def test_a_code_can_be_changed_until_the_rule_is_submitted(clinic: Clinic, editor: User) -> None:
    rule = new_rule(clinic=clinic, says=rule_says(clinic, name="first name"), by=editor, now=NOW)

    renamed = save_rule(
        version=rule, says=rule_says(clinic, name="better name"), revision=1, by=editor, now=NOW
    )

    assert renamed.code == "better-name"


def test_a_settled_code_stays(draft: SafetyRule, editor: User) -> None:
    saved = save_rule(version=draft, says=as_written(draft, name="renamed"), revision=1, by=editor, now=NOW)

    assert saved.code == "cyclobenzaprine-mao-inhibitor"


def test_no_change_without_its_record(
    draft: SafetyRule, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("no space")

    monkeypatch.setattr(versions, "record_change", fails)

    with pytest.raises(DatabaseError):
        save_rule(version=draft, says=as_written(draft, severity="inform"), revision=1, by=editor, now=NOW)

    draft.refresh_from_db()
    assert (draft.severity, draft.revision) == ("stop", 1)


def test_a_fact_nobody_can_record_is_not_submitted(draft: SafetyRule, editor: User) -> None:
    SafetyRule.objects.filter(pk=draft.pk).update(when=[{"kind": "fact", "any_of": ["glaucomma"]}])
    draft.refresh_from_db()

    with pytest.raises(ReviewRefusal, match="the clinical fact “glaucomma” is not known"):
        submit_for_review(version=draft, by=editor, now=NOW)
