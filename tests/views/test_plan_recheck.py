"""A running plan that something speaks against stands on the worklist until it is revised or ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.builder.publish import end_plan, publish_plan
from careplans.plans.drafting import add_item
from careplans.plans.models import Plan
from careplans.plans.recheck import recheck_plans
from patients.services import record_fact
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_draft

TITLE = "Plans to look at again"


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def make_changed(clinic: Clinic, by: User) -> Plan:
    """Published with moist heat; then a thrombosis is recorded, and the minute's look has passed."""
    draft = make_draft(clinic, by)
    version = component_of(clinic, "heat-moist")
    add_item(
        phase=draft.phases.first(),
        component_version=version,
        dose=version.dose,
        revision=1,
        by=by,
        now=NOW,
    )
    draft.refresh_from_db()
    plan = publish_plan(draft=draft, revision=draft.revision, by=by, now=NOW).plan
    record_fact(patient=plan.patient, code="deep_vein_thrombosis", by=by, now=NOW)
    recheck_plans(now=NOW)
    return plan


@pytest.fixture
def plan(clinic: Clinic, clinician: User) -> Plan:
    return make_changed(clinic, clinician)


def page_of(client: Client, address: str = "/worklist/") -> str:
    return client.get(address, follow=True).content.decode()


def test_it_stands_on_the_worklist_of_its_clinician_and_of_the_clinic(
    plan: Plan, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    page = page_of(client_of(Role.CLINICIAN), "/worklist/?whose=clinic")

    assert TITLE in page
    assert f'id="changed-{plan.pk}"' in page
    assert "Deep-vein thrombosis: heat may loosen" in page
    assert reverse("plan-detail", args=[plan.pk]) in page


def test_others_do_not_have_it_among_theirs(plan: Plan, client_of: Callable[..., Client]) -> None:
    assert TITLE not in page_of(client_of(Role.CLINICIAN))


def test_the_front_desk_reads_nothing_of_it(plan: Plan, client_of: Callable[..., Client]) -> None:
    page = page_of(client_of(Role.FRONT_DESK))

    assert TITLE not in page
    assert "thrombosis" not in page


def test_the_plan_says_what_is_new(plan: Plan, client_of: Callable[..., Client]) -> None:
    page = page_of(client_of(Role.CLINICIAN), reverse("plan-detail", args=[plan.pk]))

    assert "New since this version was published" in page
    assert "Deep-vein thrombosis: heat may loosen" in page


def test_ending_the_plan_takes_it_off(plan: Plan, clinician: User, client_of: Callable[..., Client]) -> None:
    end_plan(plan=plan, state="stopped", reason="Thrombosis: hospital.", by=clinician, now=NOW)

    assert TITLE not in page_of(client_of(Role.CLINICIAN), "/worklist/?whose=clinic")
    assert "New since this version" not in page_of(
        client_of(Role.CLINICIAN), reverse("plan-detail", args=[plan.pk])
    )


def test_another_clinic_does_not_have_it(
    plan: Plan, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    assert TITLE not in page_of(client_of(Role.CLINICIAN, at=other_clinic), "/worklist/?whose=clinic")


def test_a_long_list_of_ends_does_not_cut_it_off(
    plan: Plan,
    clinic: Clinic,
    clinician: User,
    client_of: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("careplans.worklist.selectors.SHOWN", 2)
    for _number in range(3):
        other = make_staff(clinic, Role.CLINICIAN)
        ending = publish_plan(draft=make_draft(clinic, other), revision=1, by=other, now=NOW).plan
        Plan.objects.filter(pk=ending.pk).update(ends_on=NOW.date())

    page = page_of(client_of(Role.CLINICIAN), "/worklist/?whose=clinic")

    assert f'id="changed-{plan.pk}"' in page
    assert "Show all 3" in page


def test_rows_do_not_cost_queries(
    clinic: Clinic, clinician: User, client_of: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = client_of(Role.CLINICIAN)
    for _number in range(2):
        make_changed(clinic, clinician)
    page_of(client, "/worklist/?whose=clinic")

    with django_assert_max_num_queries(10):
        page_of(client, "/worklist/?whose=clinic")
