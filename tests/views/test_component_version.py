"""Reading a component: the version in use for everybody, drafts for those who keep the library, and what replaces what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentVersion, ReviewState
from tests.factories import NOW
from tests.make.library import editor_of, make_approved_next, make_next, reviewer_of, rewrite
from tests.make.plans import component_of, make_library


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return editor_of(clinic)


def detail(version: ComponentVersion) -> str:
    return reverse("component-detail", args=[version.component_id])


def numbered(version: ComponentVersion, number: int) -> str:
    return reverse("component-version", args=[version.component_id, number])


def test_strangers_and_the_front_desk_do_not_read_it(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    version = component_of(clinic, "ex-walking")
    for path in (detail(version), numbered(version, 1)):
        assert Client().get(path).url.startswith(reverse("account_login"))
        assert client_of(Role.FRONT_DESK).get(path).status_code == 403


def test_another_clinics_component_is_not_there(
    clinic: Clinic, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    version = component_of(other_clinic, "ex-walking")
    for path in (detail(version), numbered(version, 1)):
        assert client_of(Role.REVIEWER).get(path).status_code == 404


def test_everything_the_version_holds_is_on_the_page(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    version = component_of(clinic, "ex-pelvic-tilt")
    text = version.texts.get(language="en")

    words = client_of(Role.CLINICIAN).get(detail(version)).content.decode()

    said = [text.title, text.why, *text.steps, text.feel, text.stop_if, version.dose.in_words()]
    said += [version.get_effect_display(), *version.cautions, *version.equipment, version.component.code]
    said += [one["says"] for one in version.sources]
    for one in said:
        assert one in words, one
    assert f"/pictures/{version.picture}.svg" in words
    for name in ("Spanish", "Arabic", "Turkish"):
        assert name in words
    assert words.count("not approved yet") == 3


def test_sources_that_disagree_stand_side_by_side(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    page = client_of(Role.CLINICIAN).get(detail(component_of(clinic, "adj-tens"))).context["page"]

    sides = {side.says: [line.code for line in side.sources] for side in page.sides}

    assert sides == {"Offers TENS when usual care fails": ["B1"], "No difference from sham": ["B2", "B4"]}
    assert [line.code for line in page.sources] == ["usual-safety"]


def test_clinicians_see_no_draft_and_no_trace_of_one(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    version = component_of(clinic, "ex-walking")
    rewrite(make_next(version, editor), editor, title="Zebra walk")
    site = client_of(Role.CLINICIAN)

    assert site.get(numbered(version, 2)).status_code == 404
    words = site.get(detail(version)).content.decode()
    for trace in ("Zebra", "Version 2", "Draft", "on its way", "Write a new version", "Your comment"):
        assert trace not in words


def test_what_was_once_in_use_can_be_read_by_clinicians(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    """A plan may still hold it."""
    version = component_of(clinic, "ex-walking")
    make_approved_next(version, editor, reviewer_of(clinic))

    page = client_of(Role.CLINICIAN).get(numbered(version, 1))

    assert page.status_code == 200
    assert "Replaced by a later version" in page.content.decode()


def test_keepers_are_led_from_the_one_in_use_to_the_one_on_its_way(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    version = component_of(clinic, "ex-walking")
    make_next(version, editor, submitted=True)

    page = client_of(Role.REVIEWER).get(detail(version))

    assert page.context["version"] == version
    assert f'href="{numbered(version, 2)}"' in page.content.decode()


def test_a_component_without_an_approved_version_shows_its_newest(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    version = component_of(clinic, "ex-walking")
    draft = make_next(version, editor)
    ComponentVersion.objects.filter(pk=version.pk).update(state=ReviewState.RETIRED)

    assert client_of(Role.EDITOR).get(detail(version)).context["version"] == draft
    assert client_of(Role.CLINICIAN).get(detail(version)).context["version"] == version


def test_the_comparison_with_what_is_in_use_stands_on_the_page_of_a_review(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    version = component_of(clinic, "ex-walking")
    rewrite(make_next(version, editor), editor, why="Walking is good for zebras.")

    words = client_of(Role.REVIEWER).get(numbered(version, 2)).content.decode()

    assert "What changes against version 1, which is in use" in words
    assert "<del>" in words
    assert "zebras" in words


def test_versions_say_who_wrote_and_who_approved(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    version = component_of(clinic, "ex-walking")
    make_approved_next(version, editor, reviewer_of(clinic))

    words = client_of(Role.EDITOR).get(detail(version)).content.decode()

    assert "Written by Ed Writer, begun on 2 Mar 2026" in words
    assert "Approved by Nadia Reviewer on 2 Mar 2026" in words
    assert "Began with version 1" in words
    assert "Came with Careplans on 2 Mar 2026" in words


def test_reviewers_and_editors_are_offered_their_own_steps(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    version = component_of(clinic, "ex-walking")
    steps = {
        role: [step.name for step in client_of(role).get(detail(version)).context["steps"].steps]
        for role in (Role.EDITOR, Role.REVIEWER, Role.CLINICIAN)
    }
    assert steps == {Role.EDITOR: ["start"], Role.REVIEWER: ["keep", "retire"], Role.CLINICIAN: []}


def test_more_versions_ask_the_database_no_more_often(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    make_library(clinic)
    version, reviewer, site = (
        component_of(clinic, "ex-walking"),
        reviewer_of(clinic),
        client_of(Role.EDITOR, Role.REVIEWER),
    )

    def queries() -> int:
        site.get(detail(version))
        with CaptureQueriesContext(connection) as captured:
            site.get(detail(version))
        return len(captured)

    version = make_approved_next(version, editor, reviewer)
    few = queries()
    for _number in range(3):
        version = make_approved_next(version, editor, reviewer)

    assert queries() == few
