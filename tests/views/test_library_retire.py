"""From the proposal to take a red flag out of use, over its second person, to the way back: as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import RedFlag, Retirement, ReviewState, SafetyRule
from careplans.library.retire import propose_retirement
from tests.factories import NOW, make_staff
from tests.make.library import WHY, editor_of, reviewer_of
from tests.make.plans import make_library


@pytest.fixture
def nadia(clinic: Clinic) -> User:
    make_library(clinic)
    return reviewer_of(clinic, "Nadia Reviewer")


def site_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def flag_of(clinic: Clinic) -> RedFlag:
    return RedFlag.objects.get(clinic=clinic, code="saddle_numbness", number=1)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def retired(clinic: Clinic, by: User, second: User) -> RedFlag:
    flag = flag_of(clinic)
    proposal = propose_retirement(version=flag, reason=WHY, by=by, now=NOW)
    site_of(second).post(reverse("retirement-confirm", args=[proposal.pk]))
    return flag_of(clinic)


@pytest.mark.parametrize(("model", "kind"), [(SafetyRule, "rule"), (RedFlag, "red-flag")])
def test_one_click_retires_nothing_that_protects(model: Any, kind: str, clinic: Clinic, nadia: User) -> None:
    site = site_of(nadia)
    for version in model.objects.filter(clinic=clinic):
        address = reverse("version-retire", args=[kind, version.pk])
        assert site.get(address).status_code == 302
        assert "takes two people" in text_of(
            site.post(address, {"reason": WHY, "revision": version.revision, "state": version.state})
        )

    assert {row.state for row in model.objects.filter(clinic=clinic)} == {ReviewState.APPROVED}
    assert not Retirement.objects.exists()


@pytest.mark.parametrize("proposer", [Role.EDITOR, Role.REVIEWER])
def test_a_red_flag_is_proposed_seen_and_confirmed(clinic: Clinic, nadia: User, proposer: Role) -> None:
    flag, second = flag_of(clinic), site_of(nadia)
    first = site_of(make_staff(clinic, proposer, name="Priya First"))
    page = reverse("red-flag-detail", args=[flag.pk])

    first.post(reverse("version-propose", args=["red-flag", flag.pk]), {"reason": WHY})
    confirm = reverse("retirement-confirm", args=[Retirement.objects.get().pk])
    waiting, listed, asked = (text_of(second.get(one)) for one in (page, reverse("review-list"), confirm))
    before = flag_of(clinic).state
    second.post(confirm)

    assert before == ReviewState.APPROVED
    assert f"Priya First proposes to retire this: {WHY}." in waiting
    assert confirm in waiting
    assert confirm in listed
    assert WHY in listed
    assert f"Priya First proposes it: {WHY}" in asked
    assert "your clinic cannot publish any plan" in asked
    assert flag_of(clinic).state == ReviewState.RETIRED
    assert f"by Nadia Reviewer: {WHY}" in text_of(second.get(page))


def test_an_editor_does_not_confirm_and_may_turn_it_down(clinic: Clinic, nadia: User) -> None:
    proposal = propose_retirement(version=flag_of(clinic), reason=WHY, by=nadia, now=NOW)
    site, page = site_of(editor_of(clinic)), reverse("red-flag-detail", args=[flag_of(clinic).pk])
    confirm, withdraw = (
        reverse(f"retirement-{step}", args=[proposal.pk]) for step in ("confirm", "withdraw")
    )

    offered = text_of(site.get(page))
    assert site.post(confirm).status_code == 403
    site.post(withdraw)

    assert confirm not in offered
    assert withdraw in offered
    proposal.refresh_from_db()
    assert proposal.withdrawn_at is not None
    assert flag_of(clinic).state == ReviewState.APPROVED


def test_another_clinic_reads_nothing_of_it(clinic: Clinic, other_clinic: Clinic, nadia: User) -> None:
    proposal = propose_retirement(version=flag_of(clinic), reason=WHY, by=nadia, now=NOW)
    make_library(other_clinic)
    theirs = site_of(reviewer_of(other_clinic, "Theo Elsewhere"))

    assert WHY not in text_of(theirs.get(reverse("review-list")))
    assert WHY not in text_of(theirs.get(reverse("red-flag-list") + "?state="))
    for step in ("confirm", "withdraw"):
        assert theirs.post(reverse(f"retirement-{step}", args=[proposal.pk])).status_code == 404
    assert flag_of(clinic).state == ReviewState.APPROVED


def test_the_warning_leads_to_where_it_is_begun_anew(
    clinic: Clinic, nadia: User, client_of: Callable[..., Client]
) -> None:
    """No plan can be published: whoever reads that finds the red flag, though it is out of use, and the step back."""
    editor = editor_of(clinic, "Ed First")
    flag = retired(clinic, editor, nadia)
    site = site_of(editor)
    way = f"{reverse('red-flag-list')}?state="

    told = text_of(site.get(reverse("library")))
    page = reverse("red-flag-detail", args=[flag.pk])
    found, begin = text_of(site.get(way)), reverse("version-start", args=["red-flag", flag.pk])

    assert "No plan can be published" in told
    assert f'href="{way}"' in told
    assert f'href="{page}"' in found
    assert begin in text_of(site.get(page))
    site.post(begin)
    assert RedFlag.objects.get(code=flag.code, number=2).state == ReviewState.DRAFT
    administrator = client_of(Role.ADMINISTRATOR)
    assert administrator.get(way).status_code == 200
