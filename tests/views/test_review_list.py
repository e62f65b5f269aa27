"""The page of reviews: what waits for whom, oldest first; several updates of Careplans approved with one press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import PERMISSIONS_OF, Role
from careplans.library.copies import copy_component
from careplans.library.models import ComponentVersion, ReviewState
from careplans.library.retire import propose_retirement
from careplans.library.review import approve_version, send_back, submit_for_review
from careplans.workshop.waiting import waiting_count
from tests.factories import NOW
from tests.make.library import WHY, editor_of, make_approved_next, make_next, one_of_each, reviewer_of
from tests.make.plans import component_of

ADDRESS = "/reviews/"
WALKING = "Walking, a bit more each week"


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return editor_of(clinic)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return reviewer_of(clinic)


def site_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def from_starter(clinic: Clinic, by: User, *codes: str) -> list[ComponentVersion]:
    """Versions in review as a later release brings them."""
    versions = []
    for code in codes:
        version = make_next(component_of(clinic, code), by, submitted=True)
        version.writers.clear()
        ComponentVersion.objects.filter(pk=version.pk).update(author=None, starter_sha256="a" * 64)
        versions.append(version)
    return versions


def key_of(version: Any, kind: str = "component") -> str:
    return f"{kind}:{version.pk}:{version.revision}"


def rows_in(page: Any, part: str) -> list[Any]:
    rows: list[Any] = page.context["parts"][part].rows
    return rows


def waits_for(user: User, clinic: Clinic, role: Role) -> int:
    return waiting_count(clinic, user, PERMISSIONS_OF[role])


def test_strangers_are_sent_to_sign_in(clinic: Clinic) -> None:
    assert Client().get(ADDRESS).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", Role)
def test_the_page_is_for_editors_and_reviewers(
    role: Role, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    expected = 200 if role in (Role.EDITOR, Role.REVIEWER) else 403
    assert client_of(role).get(ADDRESS).status_code == expected


def test_what_waits_is_told_oldest_first_with_who_and_since_when(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    drafts = {kind: make_next(version, editor) for kind, version in one_of_each(clinic).items()}
    order = ["rule", "component", "red-flag", "template"]
    for number, kind in enumerate(order):
        submit_for_review(version=drafts[kind], by=editor, now=NOW + timedelta(minutes=number))

    page = site_of(reviewer).get(ADDRESS)

    rows = rows_in(page, "waiting")
    assert [row.key for row in rows] == [key_of(drafts[kind], kind) for kind in order]
    assert {row.submitter for row in rows} == {editor.name}
    assert rows[1].since == NOW + timedelta(minutes=1)
    assert "2 Mar 2026, 09:31" in page.content.decode()


def test_another_clinics_versions_wait_elsewhere(
    clinic: Clinic, other_clinic: Clinic, reviewer: User
) -> None:
    make_next(component_of(other_clinic, "ex-walking"), editor_of(other_clinic), submitted=True)

    assert rows_in(site_of(reviewer).get(ADDRESS), "waiting") == []
    assert waits_for(reviewer, clinic, Role.REVIEWER) == 0


def test_the_rail_counts_what_waits_for_this_person(clinic: Clinic, editor: User, reviewer: User) -> None:
    each = one_of_each(clinic)
    waiting = make_next(each["component"], editor, submitted=True)
    make_next(each["template"], editor, submitted=True)
    propose_retirement(version=each["rule"], reason=WHY, by=editor, now=NOW)
    assert (waits_for(reviewer, clinic, Role.REVIEWER), waits_for(editor, clinic, Role.EDITOR)) == (3, 0)

    send_back(version=waiting, comment="Say how long each time.", by=reviewer, now=NOW)

    assert (waits_for(reviewer, clinic, Role.REVIEWER), waits_for(editor, clinic, Role.EDITOR)) == (2, 1)
    assert waits_for(editor_of(clinic, "Another Editor"), clinic, Role.EDITOR) == 0
    # Their own never waits for them.
    assert waits_for(editor, clinic, Role.REVIEWER) == 0
    words = site_of(reviewer).get(ADDRESS).content.decode()
    assert '<span class="rail-count">2</span>' in words


def test_drafts_of_ones_own_with_what_was_sent_back_first(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    each = one_of_each(clinic)
    make_next(each["template"], editor)
    back = make_next(each["component"], editor, submitted=True)
    send_back(version=back, comment="Say how long each time.", by=reviewer, now=NOW)

    rows = rows_in(site_of(editor).get(ADDRESS), "drafts")

    assert [(row.kind, row.is_sent_back) for row in rows] == [("Component", True), ("Template", False)]
    assert rows_in(site_of(reviewer).get(ADDRESS), "drafts") == []


def test_what_is_due_stands_there_longest_due_first(clinic: Clinic, reviewer: User) -> None:
    for code, days in (("ex-walking", 0), ("ex-bridge", 3), ("ex-chin-tuck", -1)):
        version = component_of(clinic, code)
        due = NOW.date() - timedelta(days=days)
        ComponentVersion.objects.filter(pk=version.pk).update(review_due_on=due)

    rows = rows_in(site_of(reviewer).get(ADDRESS), "due")

    assert [row.since for row in rows] == [NOW.date() - timedelta(days=3), NOW.date()]


def test_proposals_are_confirmed_by_others_alone(clinic: Clinic, reviewer: User) -> None:
    proposal = propose_retirement(version=one_of_each(clinic)["rule"], reason=WHY, by=reviewer, now=NOW)
    confirm = reverse("retirement-confirm", args=[proposal.pk])

    assert confirm not in site_of(reviewer).get(ADDRESS).content.decode()
    other = site_of(reviewer_of(clinic, "Omar Reviewer")).get(ADDRESS).content.decode()
    assert confirm in other
    assert WHY in other


def test_updates_of_careplans_are_approved_together(clinic: Clinic, editor: User, reviewer: User) -> None:
    versions = from_starter(clinic, editor, "ex-walking", "ex-bridge", "ex-chin-tuck")
    page = site_of(reviewer).get(ADDRESS)
    assert len(rows_in(page, "starter")) == 3
    assert "checked" not in page.content.decode()
    assert site_of(reviewer).get(ADDRESS, {"chosen": "all"}).content.decode().count("checked") == 3

    chosen = [key_of(version) for version in versions[:2]]
    done = site_of(reviewer).post(reverse("reviews-approve"), {"chosen": chosen}, follow=True)

    assert "2 versions are approved." in done.content.decode()
    states = [ComponentVersion.objects.get(pk=version.pk).state for version in versions]
    assert states == [ReviewState.APPROVED, ReviewState.APPROVED, ReviewState.IN_REVIEW]


def test_each_refusal_is_told_by_name_and_stops_no_other(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    good, changed = from_starter(clinic, editor, "ex-walking", "ex-bridge")
    of_colleague = make_next(component_of(clinic, "ex-chin-tuck"), editor, submitted=True)
    chosen = [f"component:{changed.pk}:{changed.revision + 1}", key_of(of_colleague), key_of(good)]

    done = site_of(reviewer).post(reverse("reviews-approve"), {"chosen": chosen}, follow=True)

    words = done.content.decode()
    assert "1 version is approved." in words
    assert "“Chin tuck”: a colleague wrote it." in words
    assert "Somebody changed this version" in words
    assert ComponentVersion.objects.get(pk=good.pk).state == ReviewState.APPROVED
    for version in (changed, of_colleague):
        assert ComponentVersion.objects.get(pk=version.pk).state == ReviewState.IN_REVIEW


@pytest.mark.parametrize("chosen", ["", "component", "component:x:1", "recipe:x:1", "component:{pk}:x"])
def test_what_was_not_on_the_page_is_not_there(
    chosen: str, clinic: Clinic, editor: User, reviewer: User
) -> None:
    (version,) = from_starter(clinic, editor, "ex-walking")
    given = {"chosen": [chosen.format(pk=version.pk)]}
    response = site_of(reviewer).post(reverse("reviews-approve"), given)
    assert response.status_code == 404
    assert ComponentVersion.objects.get(pk=version.pk).state == ReviewState.IN_REVIEW


def test_another_clinics_version_is_not_approved(
    clinic: Clinic, other_clinic: Clinic, reviewer: User
) -> None:
    (version,) = from_starter(other_clinic, editor_of(other_clinic), "ex-walking")
    response = site_of(reviewer).post(reverse("reviews-approve"), {"chosen": [key_of(version)]})
    assert response.status_code == 404


def test_nothing_chosen_is_told(clinic: Clinic, reviewer: User) -> None:
    done = site_of(reviewer).post(reverse("reviews-approve"), follow=True)
    assert "Nothing was chosen" in done.content.decode()


def test_editors_approve_nothing_here(clinic: Clinic, editor: User) -> None:
    (version,) = from_starter(clinic, editor, "ex-walking")
    site = site_of(editor)
    assert "Approve chosen" not in site.get(ADDRESS).content.decode()
    assert site.post(reverse("reviews-approve"), {"chosen": [key_of(version)]}).status_code == 403


def test_more_that_waits_asks_the_database_no_more_often(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    site = site_of(reviewer)

    def queries() -> int:
        site.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            site.get(ADDRESS)
        return len(captured)

    for version in one_of_each(clinic).values():
        make_next(version, editor, submitted=True)
    from_starter(clinic, editor, "ex-bridge")
    few = queries()
    for code in ("ex-chin-tuck", "ex-pelvic-tilt", "ex-dead-bug"):
        make_next(component_of(clinic, code), editor, submitted=True)
    from_starter(clinic, editor, "nutr-water", "cold-pack")

    assert queries() == few


def test_more_offers_ask_the_database_no_more_often(clinic: Clinic, editor: User, reviewer: User) -> None:
    site = site_of(reviewer)

    def queries() -> int:
        site.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            site.get(ADDRESS)
        return len(captured)

    none = queries()
    offered(clinic, editor, reviewer, "ex-bridge")
    one = queries()
    offered(clinic, editor, reviewer, "ex-walking", "ex-chin-tuck", "ex-dead-bug")

    assert queries() == one <= none + 2  # the versions, and their titles
    assert len(site.get(ADDRESS).context["offers"]) == 4


def offered(clinic: Clinic, editor: User, reviewer: User, *codes: str) -> None:
    """Copies in use whose originals have a newer version."""
    for code in codes:
        original = component_of(clinic, code)
        copy = copy_component(of=original, code=f"{code}-own", title="Our own", by=editor, now=NOW)
        submit_for_review(version=copy, by=editor, now=NOW)
        approve_version(version=copy, by=reviewer, now=NOW)
        make_approved_next(original, editor, reviewer)


def test_a_long_list_goes_on_over_pages_and_hides_no_other(
    clinic: Clinic, editor: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("careplans.workshop.review_parts.PER_PAGE", 2)
    codes = ("ex-bridge", "ex-chin-tuck", "ex-walking", "heat-wrap")
    from_starter(clinic, editor, *codes)
    mine = make_next(component_of(clinic, "ex-dead-bug"), editor, submitted=True)
    site = site_of(reviewer)

    first = site.get(ADDRESS)
    last = site.get(ADDRESS, {"starter": "2"})

    parts = first.context["parts"]
    assert (parts["starter"].count, parts["waiting"].count) == (4, 1)
    assert "?starter=2#starter" in first.content.decode()
    assert "1–2 of 4" in first.content.decode()
    told = [row.title for page in (first, last) for row in rows_in(page, "starter")]
    assert told == ["Bridge", "Chin tuck", WALKING, "Heat wrap"]
    assert [row.key for row in rows_in(last, "waiting")] == [key_of(mine)]


def test_those_who_wrote_are_named_and_not_who_submitted(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    other = editor_of(clinic, "Ada Writer")
    draft = make_next(component_of(clinic, "ex-walking"), editor)
    submit_for_review(version=draft, by=other, now=NOW)
    send_back(version=draft, comment="Say how long each time.", by=reviewer, now=NOW)
    from_starter(clinic, editor, "ex-bridge")

    assert [row.writers for row in rows_in(site_of(editor).get(ADDRESS), "drafts")] == [editor.name]
    assert [row.writers for row in rows_in(site_of(reviewer).get(ADDRESS), "starter")] == ["Careplans"]


def test_a_release_that_comes_upon_the_clinics_own_words_is_marked(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    from_starter(clinic, editor, "ex-walking", "ex-bridge")
    ComponentVersion.objects.filter(component__code="ex-bridge", state=ReviewState.APPROVED).update(
        starter_sha256=""
    )

    rows = rows_in(site_of(reviewer).get(ADDRESS), "starter")

    assert {row.title: row.replaces_own for row in rows} == {"Bridge": True, WALKING: False}


def test_the_clinics_own_words_are_replaced_on_their_own_page_only(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    walking, bridge = from_starter(clinic, editor, "ex-walking", "ex-bridge")
    own = component_of(clinic, "ex-bridge")
    ComponentVersion.objects.filter(pk=own.pk).update(starter_sha256="")
    site = site_of(reviewer)

    page = site.get(ADDRESS, {"chosen": "all"}).content.decode()
    done = site.post(
        reverse("reviews-approve"), {"chosen": [key_of(walking), key_of(bridge)]}, follow=True
    ).content.decode()

    assert key_of(walking) in page
    assert key_of(bridge) not in page
    assert "“Bridge”: it replaces your clinic&#x27;s own words." in done
    states = {
        one.pk: one.state for one in ComponentVersion.objects.filter(pk__in=[walking.pk, bridge.pk, own.pk])
    }
    assert states == {
        walking.pk: ReviewState.APPROVED, bridge.pk: ReviewState.IN_REVIEW, own.pk: ReviewState.APPROVED,
    }  # fmt: skip
