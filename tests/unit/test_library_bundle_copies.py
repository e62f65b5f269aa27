"""A copy that comes in a file stays a copy: safety rules and recalls of its original reach it, or the report says not."""

from __future__ import annotations

from typing import Any

import pytest

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.bundle_in import receive_file, rehearse, take_in
from careplans.library.bundle_out import export_library
from careplans.library.bundle_report import Report, Row
from careplans.library.copies import copy_component, copy_template
from careplans.library.models import Component, ComponentVersion, ReviewState, SafetyRule, Template
from careplans.library.recall import recall_component
from careplans.library.review import approve_version, submit_for_review
from careplans.library.selectors import rules_of
from careplans.library.versions import ReviewRefusal
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_library, template_of
from tests.make.recalls import REASON
from tests.unit.test_library_bundle import files_in, with_change, zipped

pytestmark = pytest.mark.django_db
ORIGINAL, COPY, SECOND = "ex-bridge", "a-bridge", "a-bridge-again"


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


@pytest.fixture
def there(other_clinic: Clinic) -> User:
    make_library(other_clinic)
    return make_staff(other_clinic, Role.EDITOR)


@pytest.fixture
def data(clinic: Clinic, editor: User, reviewer: User) -> bytes:
    """A library with a copy and a copy of the copy."""
    for of, code in ((ORIGINAL, COPY), (COPY, SECOND)):
        of_it = component_of(clinic, of)
        draft = copy_component(of=of_it, code=code, title=f"Our {code}", by=editor, now=NOW)
        submit_for_review(version=draft, by=editor, now=NOW)
        approve_version(version=draft, by=reviewer, now=NOW)
    return export_library(clinic=clinic, by=editor, now=NOW)


def only(data: bytes, *codes: str) -> bytes:
    """Without the other components, and without what needs them."""
    beside = {f"components/{code}.yaml" for code in codes}
    return zipped(
        {
            name: content
            for name, content in files_in(data).items()
            if name in beside or name in ("careplans.yaml", "sources.yaml")
        }
    )


def taken_in(clinic: Clinic, data: bytes, by: User) -> Report:
    arriving = receive_file(clinic=clinic, name="theirs.zip", data=data, by=by, now=NOW)
    seen = rehearse(arriving=arriving, by=by, now=NOW)
    report = take_in(arriving=arriving, by=by, now=NOW)
    assert [(row.outcome, row.problems) for row in seen.rows] == [
        (row.outcome, row.problems) for row in report.rows
    ]
    return report


def row_of(report: Report, code: str) -> Row:
    return next(row for row in report.rows if row.code == code)


def component(clinic: Clinic, code: str) -> Component:
    return Component.objects.get(clinic=clinic, code=code)


def test_rules_of_the_original_reach_a_copy_that_came_in(
    other_clinic: Clinic, there: User, data: bytes
) -> None:
    rule = SafetyRule.objects.filter(clinic=other_clinic, state=ReviewState.APPROVED).earliest("code")
    SafetyRule.objects.filter(pk=rule.pk).update(components=[ORIGINAL])
    report = taken_in(other_clinic, only(data, COPY, SECOND), there)
    copy, second = component(other_clinic, COPY), component(other_clinic, SECOND)
    assert (copy.origin, copy.origin_number) == (component(other_clinic, ORIGINAL), 1)
    assert second.origin == copy
    (reached,) = [one for one in rules_of(other_clinic) if one.code == rule.code]
    assert reached.components == {ORIGINAL, COPY, SECOND}
    assert (row_of(report, COPY).outcome, row_of(report, COPY).problems) == ("new", ())


def test_a_copy_of_a_copy_finds_the_first_of_them(other_clinic: Clinic, there: User, data: bytes) -> None:
    report = taken_in(other_clinic, only(data, SECOND), there)
    assert component(other_clinic, SECOND).origin == component(other_clinic, ORIGINAL)
    assert row_of(report, SECOND).problems == (
        f"A copy of “{COPY}”, which your clinic does not have. That was copied from “{ORIGINAL}”, whose rules and recalls reach it.",
    )


def test_where_the_original_is_not_known_the_report_says_what_that_means(
    clinic: Clinic, other_clinic: Clinic, data: bytes
) -> None:
    there = make_staff(other_clinic, Role.EDITOR)
    report = taken_in(other_clinic, only(data, COPY), there)
    assert component(other_clinic, COPY).origin is None
    assert row_of(report, COPY).problems == (
        f"A copy of “{ORIGINAL}”, which your clinic does not have: rules and recalls of “{ORIGINAL}” do not reach it.",
    )


def test_the_original_may_come_in_the_same_file(other_clinic: Clinic, data: bytes) -> None:
    there = make_staff(other_clinic, Role.EDITOR)
    report = taken_in(other_clinic, data, there)
    assert component(other_clinic, COPY).origin == component(other_clinic, ORIGINAL)
    assert not any(row.problems for row in report.rows)


def test_a_recall_of_the_original_is_told_and_holds_for_the_copy(
    other_clinic: Clinic, there: User, data: bytes
) -> None:
    judge = make_staff(other_clinic, Role.REVIEWER)
    recall_component(component=component(other_clinic, ORIGINAL), reason=REASON, by=judge, now=NOW)
    report = taken_in(other_clinic, only(data, COPY), there)
    said = f"“{ORIGINAL}” was recalled in your clinic on 2 Mar 2026: “{REASON}”"
    assert row_of(report, COPY).problems == (said,)
    version = ComponentVersion.objects.get(component=component(other_clinic, COPY))
    assert version.state == ReviewState.IN_REVIEW
    with pytest.raises(ReviewRefusal, match="word for word"):
        approve_version(version=version, by=judge, now=NOW)


def test_a_later_recall_of_the_original_takes_the_copy_along(
    other_clinic: Clinic, there: User, data: bytes
) -> None:
    taken_in(other_clinic, only(data, COPY), there)
    judge = make_staff(other_clinic, Role.REVIEWER)
    approve_version(version=component(other_clinic, COPY).versions.get(), by=judge, now=NOW)
    recall_component(component=component(other_clinic, ORIGINAL), reason=REASON, by=judge, now=NOW)
    assert component(other_clinic, COPY).versions.get().state == ReviewState.RETIRED


def test_a_file_from_before_copies_were_told_of_is_read_and_what_it_left_untied_is_said(
    other_clinic: Clinic, there: User, data: bytes
) -> None:
    def untold(one: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in one.items() if name != "origins"}

    new = only(data, COPY)
    old = with_change(new, f"components/{COPY}.yaml", untold)
    assert row_of(taken_in(other_clinic, old, there), COPY).problems == ()
    approve_version(
        version=component(other_clinic, COPY).versions.get(),
        by=make_staff(other_clinic, Role.REVIEWER),
        now=NOW,
    )
    arriving = receive_file(clinic=other_clinic, name="new.zip", data=new, by=there, now=NOW)
    row = row_of(rehearse(arriving=arriving, by=there, now=NOW), COPY)
    assert row.outcome == "same"
    assert row.problems == (
        f"The file calls it a copy of “{ORIGINAL}”, and in your library it is none: rules and recalls of “{ORIGINAL}” do not reach it.",
    )


def test_what_is_no_copy_reads_as_it_always_did(data: bytes) -> None:
    assert b"origins" not in files_in(data)[f"components/{ORIGINAL}.yaml"]
    assert b"origins" in files_in(data)[f"components/{COPY}.yaml"]


def test_a_number_that_is_not_reached_here_hides_nothing(
    other_clinic: Clinic, there: User, data: bytes
) -> None:
    def looked_at_later_ones(one: dict[str, Any]) -> dict[str, Any]:
        return one | {"origins": [{"code": ORIGINAL, "number": 7}]}

    changed = with_change(only(data, COPY), f"components/{COPY}.yaml", looked_at_later_ones)
    taken_in(other_clinic, changed, there)
    assert component(other_clinic, COPY).origin_number == 1


@pytest.mark.parametrize("knows_it", [True, False])
def test_a_copied_template_stays_one(
    clinic: Clinic, other_clinic: Clinic, editor: User, reviewer: User, knows_it: bool
) -> None:
    of = template_of(clinic)
    draft = copy_template(of=of, code="our-own", title="Our own", by=editor, now=NOW)
    submit_for_review(version=draft, by=editor, now=NOW)
    approve_version(version=draft, by=reviewer, now=NOW)
    files = files_in(export_library(clinic=clinic, by=editor, now=NOW))
    if not knows_it:
        files.pop(f"templates/{of.template.code}.yaml")
    report = taken_in(other_clinic, zipped(files), make_staff(other_clinic, Role.EDITOR))
    copy = Template.objects.get(clinic=other_clinic, code="our-own")
    assert (copy.origin.code if copy.origin else "") == (of.template.code if knows_it else "")
    assert bool(row_of(report, "our-own").problems) is not knows_it
