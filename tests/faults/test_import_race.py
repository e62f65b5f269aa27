"""A file of library content taken in while somebody writes in the library: nobody meets a broken page.

SQLite lets one write at a time from its first word on, so there is no such moment.
"""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.bundle_arrival import BundleRefused
from careplans.library.bundle_in import receive_file, take_in
from careplans.library.bundle_out import export_library
from careplans.library.bundle_report import Report
from careplans.library.copies import copy_component
from careplans.library.models import ArrivingFile, ComponentVersion, ReviewState, SafetyRule
from careplans.library.review import start_version
from tests.factories import NOW, make_staff
from tests.faults.test_recall_race import PATIENCE, Second, waits
from tests.make.bundles import small_bundle
from tests.make.plans import component_of, make_library
from tests.unit.test_library_bundle import files_in, steeper, with_change

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time on SQLite"),
]
CODE = "ex-bridge"


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


class TakingIn(Second):
    """It takes the file in beside the test's own open transaction."""

    def __init__(self, arriving: ArrivingFile, by: User) -> None:
        super().__init__(self.take)
        self.arriving, self.by, self.report = arriving, by, Report(())

    def take(self) -> None:
        try:
            self.report = take_in(arriving=self.arriving, by=self.by, now=NOW)
        except BundleRefused as refusal:
            self.refusal = str(refusal)

    def outcome(self, code: str) -> str:
        return next(row.outcome for row in self.report.rows if row.code == code)


@pytest.fixture
def taking_in(clinic: Clinic, editor: User) -> TakingIn:
    """A file with other words for a component and for a rule of ours."""
    rule = SafetyRule.objects.filter(clinic=clinic).earliest("code")

    def other_message(data: list[dict[str, object]]) -> object:
        return [one | {"message": "Other words."} if one["code"] == rule.code else one for one in data]

    data = export_library(clinic=clinic, by=editor, now=NOW)
    data = with_change(data, f"components/{CODE}.yaml", steeper)
    data = with_change(data, "rules.yaml", other_message)
    return TakingIn(receive_file(clinic=clinic, name="theirs.zip", data=data, by=editor, now=NOW), editor)


def test_what_somebody_just_began_is_waited_for_and_left_out(
    clinic: Clinic, editor: User, taking_in: TakingIn
) -> None:
    with transaction.atomic():
        start_version(of=component_of(clinic, CODE), by=editor, now=NOW)
        taking_in.start()
        assert waits(taking_in)
    taking_in.join(PATIENCE)
    assert taking_in.refusal == ""
    assert taking_in.outcome(CODE) == "busy"
    numbers = ComponentVersion.objects.filter(component__code=CODE).values_list("number", "state")
    assert sorted(numbers) == [(1, ReviewState.APPROVED), (2, ReviewState.DRAFT)]


def test_a_rule_that_somebody_just_began_is_left_out_too(
    clinic: Clinic, editor: User, taking_in: TakingIn
) -> None:
    rule = SafetyRule.objects.filter(clinic=clinic).earliest("code")
    with transaction.atomic():
        start_version(of=rule, by=editor, now=NOW)
        taking_in.start()
        assert waits(taking_in)
    taking_in.join(PATIENCE)
    assert (taking_in.refusal, taking_in.outcome(rule.code)) == ("", "busy")


def test_a_code_that_is_taken_in_the_same_moment_is_left_out(clinic: Clinic, editor: User) -> None:
    theirs = export_library(clinic=clinic, by=editor, now=NOW)
    new = with_code(theirs, CODE, "ex-bridge-2")
    arriving = receive_file(clinic=clinic, name="theirs.zip", data=new, by=editor, now=NOW)
    taking_in = TakingIn(arriving, editor)
    with transaction.atomic():
        of = component_of(clinic, CODE)
        copy_component(of=of, code="ex-bridge-2", title="Our bridge", by=editor, now=NOW)
        taking_in.start()
        assert waits(taking_in)
    taking_in.join(PATIENCE)
    assert "There is nothing new in this file" in taking_in.refusal
    version = ComponentVersion.objects.get(component__code="ex-bridge-2")
    assert version.state == ReviewState.DRAFT


def with_code(data: bytes, old: str, new: str) -> bytes:
    """The component alone, under another code."""
    held = files_in(data)
    content = held[f"components/{old}.yaml"].replace(f"code: {old}\n".encode(), f"code: {new}\n".encode())
    return small_bundle(**{f"components__{new}": content}, sources=held["sources.yaml"])
