"""A published plan's own page, and the page that ends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.handouts.services import request_handout
from careplans.plans.models import Plan
from tests.factories import NOW
from tests.make.checkins import ask_next, make_answer, make_scheduled


@pytest.fixture
def plan(clinic: Clinic, clinician: User) -> Plan:
    version = make_scheduled(clinic, clinician)
    request_handout(version=version, by=clinician, now=NOW)
    return version.plan


def test_an_answered_check_in_is_an_answered_mark(plan: Plan, client_of: Callable[..., Client]) -> None:
    make_answer(ask_next(plan), pain_now=4)

    page = client_of(Role.CLINICIAN).get(f"/plans/{plan.pk}/")

    kinds = [mark.kind for mark in page.context["marks"]]
    assert kinds[0] == "done"
    assert set(kinds[1:]) == {"due"}


def test_ending_says_so_and_has_a_way_back(plan: Plan, client_of: Callable[..., Client]) -> None:
    words = client_of(Role.CLINICIAN).get(f"/plans/{plan.pk}/end/").content.decode()

    assert f'<a class="btn btn-quiet" href="/plans/{plan.pk}/">' in words
    assert ">Confirm<" not in words


def test_who_may_not(plan: Plan, client_of: Callable[..., Client], other_clinic: Clinic) -> None:
    assert Client().get(f"/plans/{plan.pk}/").status_code == 302
    assert client_of(Role.FRONT_DESK).get(f"/plans/{plan.pk}/").status_code == 403
    assert client_of(Role.CLINICIAN, at=other_clinic).get(f"/plans/{plan.pk}/").status_code == 404
