"""The test bench as a page: by a plain form, with an unsaved rule, and without writing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.models import ReviewState, SafetyRule
from careplans.library.review import start_version
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import make_library
from tests.make.rules import rule_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_now")]
BENCH = "/library/rules/bench/"


@pytest.fixture
def _at_now() -> Any:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def author(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def site(author: User) -> Client:
    client = Client()
    client.force_login(author)
    return client


@pytest.fixture
def draft(clinic: Clinic, author: User) -> SafetyRule:
    return start_version(of=rule_of(clinic, "cyclobenzaprine-mao-inhibitor"), by=author, now=NOW)


def shown(page: Any) -> dict[str, Any]:
    return as_shown(page.content.decode(), "bench")


def found(page: Any) -> list[tuple[str, bool]]:
    return [(one.severity, one.is_of_tested) for one in page.context["page"].findings]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER])
def test_those_who_keep_the_library_open_it(client_of: Callable[..., Client], role: Role) -> None:
    assert client_of(role).get(BENCH).status_code == 200


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_others_do_not(client_of: Callable[..., Client], role: Role) -> None:
    assert client_of(role).get(BENCH).status_code == 403
    assert client_of(role).post(BENCH, {}).status_code == 403


def test_strangers_sign_in(db: None) -> None:
    assert Client().get(BENCH).status_code == 302


@pytest.mark.parametrize("rule", ["x", "01900000-0000-7000-8000-000000000000"])
def test_a_rule_that_is_not_there(site: Client, rule: str) -> None:
    assert site.get(BENCH, {"rule": rule}).status_code == 404
    assert site.post(BENCH, {"b-rule": rule}).status_code == 404


def test_another_clinics_rule_is_not_there(
    client_of: Callable[..., Client], other_clinic: Clinic, draft: SafetyRule
) -> None:
    assert client_of(Role.EDITOR, at=other_clinic).get(BENCH, {"rule": draft.pk}).status_code == 404


@pytest.mark.parametrize(("days", "expected"), [("10", [("stop", True), ("stop", False)]), ("20", [])])
def test_a_draft_is_tried_beside_the_rules_in_use(
    site: Client, draft: SafetyRule, days: str, expected: list[tuple[str, bool]]
) -> None:
    first = site.get(BENCH, {"rule": draft.pk})

    page = site.post(f"{BENCH}?rule={draft.pk}", shown(first) | {"b-p-ended_mao_inhibitor": days})

    assert found(first) == []
    assert found(page) == expected
    assert ("found by the draft" in page.content.decode()) is bool(expected)


def test_which_condition_did_not_hold_is_said(site: Client, draft: SafetyRule) -> None:
    page = site.get(BENCH, {"rule": draft.pk}).content.decode()

    assert "The rule does not apply: 1 condition does not hold." in page
    assert "does not hold</td>" in " ".join(page.split()).replace(" </td>", "</td>")


def test_components_are_found_added_and_taken_out(site: Client, author: User) -> None:
    given = shown(site.get(BENCH)) | {"b-items-find": "baclofen", "b-find": "1"}
    page = site.post(BENCH, given)
    assert 'value="med-baclofen"' in page.content.decode()

    added = site.post(BENCH, shown(page) | {"b-add": "med-baclofen"})
    assert [row.part.code for row in added.context["bench"].rows] == ["med-baclofen"]
    assert ("stop", False) in found(added)

    taken_out = site.post(BENCH, shown(added) | {"b-remove": "0"})
    assert found(taken_out) == []


def test_baclofen_taken_out_of_a_plan(site: Client, clinic: Clinic) -> None:
    rule = rule_of(clinic, "baclofen-stopped")
    given = shown(site.get(BENCH, {"rule": rule.pk}))
    given |= {"b-i0-place": ["taken_out"], "b-i0-begins_on": ["2026-02-27"], "b-i0-course_days": ["14"]}

    page = site.post(BENCH, given)

    assert found(page) == [("stop", True)]
    assert "told until 12 Mar 2026" in page.content.decode()


def test_heat_after_surgery(site: Client, clinic: Clinic) -> None:
    rule = rule_of(clinic, "heat-too-early-after-surgery")
    given = shown(site.get(BENCH, {"rule": rule.pk}))
    given |= {"b-p-surgery_type": ["discectomy"], "b-p-surgery_on": ["2026-02-23"]}

    assert ("stop", True) in found(site.post(BENCH, given))
    assert found(site.post(BENCH, given | {"b-p-cold_to_heat_on": ["2026-03-02"]})) == []


def test_a_rule_is_tried_while_it_is_written_and_nothing_is_lost_on_the_way_back(
    site: Client, draft: SafetyRule
) -> None:
    edit = reverse("rule-edit", args=[draft.pk])
    typed = as_shown(site.get(edit).content.decode(), "rule-form") | {"c0-days_after": ["30"], "typed": "1"}

    bench = site.post(f"{BENCH}?rule={draft.pk}", typed)
    page = site.post(f"{BENCH}?rule={draft.pk}", shown(bench) | {"b-p-ended_mao_inhibitor": ["20"]})
    back = site.post(edit, as_shown(page.content.decode(), "bench-back") | {"do-back": "1"})

    assert found(page) == [("stop", True)]
    assert as_shown(back.content.decode(), "rule-form")["c0-days_after"] == ["30"]
    draft.refresh_from_db()
    assert (draft.revision, draft.when[0]["days_after"]) == (1, 14)


def test_a_new_rule_is_tried_before_it_is_saved(site: Client, clinic: Clinic) -> None:
    typed = as_shown(site.get(reverse("rule-new")).content.decode(), "rule-form")
    typed |= {"row": ["0"], "c0-kind": ["always"], "tags": ["heat"], "severity": ["inform"], "message": ["M"]}
    typed |= {"name": ["n"], "source": [str(rule_of(clinic, "heat-malignancy").source_id)], "typed": ["1"]}
    before = SafetyRule.objects.count()

    bench = site.post(BENCH, typed)

    assert found(bench) == [("inform", True)]
    assert SafetyRule.objects.count() == before
    assert f'action="{reverse("rule-new")}"' in bench.content.decode()


def test_why_a_rule_cannot_be_tried_is_said(site: Client) -> None:
    page = site.post(BENCH, {"typed": "1", "row": "0", "c0-kind": "age", "tags": "heat"})

    assert "The rule cannot be tried as it is written" in page.content.decode()
    assert "This old or older, in years: Write a whole number" in page.content.decode()


def test_reviewers_do_not_try_what_they_may_not_write(
    client_of: Callable[..., Client], clinic: Clinic
) -> None:
    make_library(clinic)
    page = client_of(Role.REVIEWER).post(
        BENCH, {"typed": "1", "row": "0", "c0-kind": "always", "tags": "heat"}
    )

    assert page.context["tested"].rule is None


def test_what_cannot_be_read_is_said_and_kept(site: Client, draft: SafetyRule) -> None:
    given = shown(site.get(BENCH, {"rule": draft.pk}))
    given |= {"b-p-age": ["old"], "b-i0-amount": ["much"], "b-p-surgery_type": ["fusion"]}

    page = site.post(BENCH, given)

    words = page.content.decode()
    assert page.status_code == 200
    assert page.context["page"] is None
    assert "Something picked here cannot be read yet" in words
    assert 'value="much"' in words
    assert "Write the date of the surgery." in words


def test_strange_values_lead_to_no_error_page(site: Client) -> None:
    for given in (
        {"b-p-age": "45", "b-row": ["x", "-1", "9" * 30, "²"], "b-add": ["x", "\x00"]},
        {"b-p-age": "45", "b-row": "0", "b-i0-code": "med-baclofen", "b-i0-amount": "NaN"},
        {"b-p-age": "45", "b-p-facts": ["\x00", "pregnant"], "b-p-allergies": "\u202e"},
        {"b-p-age": "45", "b-row": "0", "b-i0-code": "med-baclofen", "b-i0-begins_on": "0001-01-01"},
        {
            "b-p-age": "45",
            "b-row": "0",
            "b-i0-code": "ex-walking",
            "b-i0-begins_on": "9999-12-31",
            "b-i0-days": "9",
        },
    ):
        assert site.post(BENCH, given).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_day_at_the_end_of_the_calendar(site: Client, draft: SafetyRule, day: str) -> None:
    given = shown(site.get(BENCH, {"rule": draft.pk}))
    given |= {"b-i0-begins_on": [day], "b-p-surgery_type": ["fusion"], "b-p-surgery_on": [day]}

    page = site.post(BENCH, given)

    assert page.status_code == 200
    assert "within the years of a life" in page.content.decode()


def test_an_approved_rule_is_not_counted_twice(site: Client, clinic: Clinic) -> None:
    rule = rule_of(clinic, "baclofen-never-stop-suddenly")

    assert found(site.get(BENCH, {"rule": rule.pk})) == [("stop", True)]


def test_nothing_is_written(site: Client, draft: SafetyRule) -> None:
    before = AuditEvent.objects.count(), SafetyRule.objects.filter(state=ReviewState.DRAFT).count()

    site.post(f"{BENCH}?rule={draft.pk}", shown(site.get(BENCH, {"rule": draft.pk})) | {"b-p-age": ["70"]})

    assert (AuditEvent.objects.count(), SafetyRule.objects.filter(state=ReviewState.DRAFT).count()) == before


def test_more_components_ask_the_database_no_more_often(
    site: Client, author: User, django_assert_max_num_queries: Any
) -> None:
    codes = ["med-baclofen", "med-ibuprofen", "med-naproxen", "med-diazepam", "heat-moist", "ex-walking"]
    given = shown(site.get(BENCH)) | {"b-add": codes}

    with django_assert_max_num_queries(25):
        page = site.post(BENCH, given)

    assert len(page.context["bench"].rows) == 6
