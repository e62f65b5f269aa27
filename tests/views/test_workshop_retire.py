"""Retiring in the workshop: a page between that says what follows and asks why, and two people for what protects."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentVersion, RedFlag, Retirement, ReviewState, SafetyRule
from careplans.library.retire import propose_retirement
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import component_of, make_library

WHY = "Replaced by a newer guideline"


@pytest.fixture
def nadia(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.REVIEWER, name="Nadia Reviewer")


def site_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(model: Any) -> str:
    return reverse(f"admin:library_{model._meta.model_name}_changelist")


def choose(site: Client, step: str, *rows: Any) -> Any:
    chosen = {"action": step, "_selected_action": [str(row.pk) for row in rows], "index": "0"}
    return site.post(address(type(rows[0])), chosen, follow=True)


def answer(site: Client, page: Any, model: Any, **given: str) -> Any:
    return site.post(address(model), as_shown(page.content.decode(), "step_form") | given, follow=True)


def flag_of(clinic: Clinic, code: str = "saddle_numbness") -> RedFlag:
    return RedFlag.objects.get(clinic=clinic, code=code, number=1)


def test_a_component_is_retired_after_a_reason(clinic: Clinic, nadia: User) -> None:
    site, version = site_of(nadia), component_of(clinic, "ex-walking")

    page = choose(site, "retire_version", version)
    unchanged = ComponentVersion.objects.get(pk=version.pk).state
    without = answer(site, page, ComponentVersion, reason=".")
    done = answer(site, without, ComponentVersion, reason=WHY)

    assert "No new plan can be published" in page.content.decode()
    assert unchanged == ReviewState.APPROVED
    assert "Write the reason in a few words" in without.content.decode()
    assert "is retired" in done.content.decode()
    version.refresh_from_db()
    assert (version.state, version.retirements.get().reason) == (ReviewState.RETIRED, WHY)


@pytest.mark.parametrize("model", [SafetyRule, RedFlag])
def test_one_click_retires_nothing_that_protects(model: Any, clinic: Clinic, nadia: User) -> None:
    everything = list(model.objects.filter(clinic=clinic))

    page = choose(site_of(nadia), "retire_version", *everything)

    assert "takes two people" in page.content.decode()
    assert {row.state for row in model.objects.filter(clinic=clinic)} == {ReviewState.APPROVED}


@pytest.mark.parametrize("proposer", [Role.EDITOR, Role.REVIEWER])
def test_a_red_flag_is_proposed_seen_and_confirmed(clinic: Clinic, nadia: User, proposer: Role) -> None:
    flag, first = flag_of(clinic), site_of(make_staff(clinic, proposer, name="Priya First"))

    page = choose(first, "propose_retirement", flag)
    proposed = answer(first, page, RedFlag, reason=WHY)
    proposal = Retirement.objects.get()
    second = site_of(nadia)
    listed = second.get(address(Retirement)).content.decode()
    confirm = choose(second, "confirm_retirement", proposal)
    flag.refresh_from_db()
    before = flag.state
    done = answer(second, confirm, Retirement)

    assert "cannot publish any plan" in page.content.decode()
    assert "proposed to retire" in proposed.content.decode()
    assert "waits for a second person" in listed
    assert f"Priya First proposed it: {WHY}" in confirm.content.decode()
    assert "cannot publish any plan" in confirm.content.decode()
    assert before == ReviewState.APPROVED
    assert "is retired" in done.content.decode()
    flag.refresh_from_db()
    assert flag.state == ReviewState.RETIRED
    shown = second.get(reverse("admin:library_redflag_change", args=[flag.pk])).content.decode()
    assert WHY in shown


def test_the_proposer_does_not_confirm(clinic: Clinic, nadia: User) -> None:
    proposal = propose_retirement(version=flag_of(clinic), reason=WHY, by=nadia, now=NOW)
    site = site_of(nadia)

    said = answer(site, choose(site, "confirm_retirement", proposal), Retirement).content.decode()

    assert "Somebody else has to confirm" in said
    assert flag_of(clinic).state == ReviewState.APPROVED


def test_an_editor_does_not_confirm_and_may_turn_it_down(clinic: Clinic, nadia: User) -> None:
    proposal = propose_retirement(version=flag_of(clinic), reason=WHY, by=nadia, now=NOW)
    site = site_of(make_staff(clinic, Role.EDITOR))

    assert 'value="confirm_retirement"' not in site.get(address(Retirement)).content.decode()
    choose(site, "confirm_retirement", proposal)
    assert flag_of(clinic).state == ReviewState.APPROVED
    said = choose(site, "withdraw_retirement", proposal).content.decode()

    assert "stays in use" in said
    proposal.refresh_from_db()
    assert proposal.withdrawn_at is not None


def test_retirements_are_read_only_and_the_clinics_own(
    clinic: Clinic, other_clinic: Clinic, nadia: User
) -> None:
    proposal = propose_retirement(version=flag_of(clinic), reason=WHY, by=nadia, now=NOW)
    make_library(other_clinic)
    mine, theirs = site_of(nadia), site_of(make_staff(other_clinic, Role.REVIEWER))
    page = reverse("admin:library_retirement_change", args=[proposal.pk])

    assert mine.get(page).status_code == 200
    assert mine.post(page, {"reason": "changed"}).status_code == 403
    assert WHY not in theirs.get(address(Retirement)).content.decode()
    assert theirs.get(page).status_code in (302, 404)
    choose(theirs, "confirm_retirement", proposal)
    assert flag_of(clinic).state == ReviewState.APPROVED
