"""Finding components: one list for everybody, and drafts in it only for those who keep the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.bench.search import fill
from careplans.library.models import Component, ComponentVersion
from careplans.library.search import index_components
from careplans.workshop.finding import PER_PAGE
from tests.factories import NOW
from tests.make.library import editor_of, make_next, rewrite
from tests.make.plans import component_of, make_library

ADDRESS = "/library/"


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def titles(page: Any) -> list[str]:
    return [line.title for line in page.context["lines"]]


def test_strangers_are_sent_to_sign_in(clinic: Clinic) -> None:
    assert Client().get(ADDRESS).url.startswith(reverse("account_login"))


def test_the_front_desk_does_not_read_the_library(client_of: Callable[..., Client]) -> None:
    assert client_of(Role.FRONT_DESK).get(ADDRESS).status_code == 403


def test_another_clinics_components_are_not_found(
    clinic: Clinic, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    make_library(other_clinic)

    page = client_of(Role.EDITOR).get(ADDRESS)

    assert titles(page) == []
    assert "Nothing is in your library yet" in page.content.decode()


def test_a_row_says_kind_dose_and_evidence(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    version = component_of(clinic, "ex-pelvic-tilt")

    page = client_of(Role.CLINICIAN).get(ADDRESS, {"q": "pelvic tilt"})

    line = page.context["lines"][0]
    assert line.title == version.texts.get(language="en").title
    assert line.dose == version.dose.in_words()
    words = page.content.decode()
    for said in (line.title, line.kind, line.dose, line.effect, line.grade):
        assert said in words


def test_state_and_review_date_are_for_those_who_keep_the_library(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    make_library(clinic)

    assert "review on" not in client_of(Role.CLINICIAN).get(ADDRESS).content.decode()
    assert "review on" in client_of(Role.REVIEWER).get(ADDRESS).content.decode()


def test_words_of_a_draft_are_found_by_keepers_alone(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    by, version = editor_of(clinic), component_of(clinic, "ex-walking")
    rewrite(make_next(version, by), by, why="Like a zebra on its way to water.")
    title = version.texts.get(language="en").title

    assert titles(client_of(Role.EDITOR).get(ADDRESS, {"q": "zebra"})) == [title]
    assert titles(client_of(Role.REVIEWER).get(ADDRESS, {"q": "zebra"})) == [title]
    assert titles(client_of(Role.CLINICIAN).get(ADDRESS, {"q": "zebra"})) == []
    assert titles(client_of(Role.CLINICIAN).get(ADDRESS, {"q": title}))[0] == title


def test_a_clinician_cannot_ask_for_states(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    by = editor_of(clinic)
    make_next(component_of(clinic, "ex-walking"), by)

    everything = client_of(Role.CLINICIAN).get(ADDRESS)
    asked = client_of(Role.CLINICIAN).get(ADDRESS, {"state": "draft"})

    assert "state" not in asked.context["form"].fields
    assert titles(asked) == titles(everything)
    assert "Draft" not in asked.content.decode()


@pytest.mark.parametrize(
    ("asked", "field", "value"),
    [
        ({"category": "nutrition"}, "component__category", "nutrition"),
        ({"grade": "moderate"}, "grade", "moderate"),
        ({"region": "neck"}, "body_regions__contains", "neck"),
        ({"equipment": "mat"}, "equipment__contains", "mat"),
    ],
)
def test_a_filter_leaves_what_fits(
    asked: dict[str, str], field: str, value: str, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    make_library(clinic)
    versions = ComponentVersion.objects.of(clinic).select_related("component")
    name = field.removesuffix("__contains").removeprefix("component__")
    fits = {
        one.component_id
        for one in versions
        if value
        in (
            one.component.category
            if name == "category"
            else [getattr(one, name)]
            if name == "grade"
            else getattr(one, name)
        )
    }

    page = client_of(Role.CLINICIAN).get(ADDRESS, asked)

    assert 0 < len(fits) < PER_PAGE
    assert {line.component_id for line in page.context["lines"]} == fits


def test_what_is_due_for_review_is_asked_as_a_state(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    version = component_of(clinic, "ex-walking")
    ComponentVersion.objects.of(clinic).filter(pk=version.pk).update(review_due_on=NOW.date())
    index_components([version.component_id])

    page = client_of(Role.REVIEWER).get(ADDRESS, {"state": "due"})

    assert [line.component_id for line in page.context["lines"]] == [version.component_id]
    assert "review due since 2 Mar 2026" in page.content.decode()


def test_pages_hold_fifty_and_say_how_many_there_are(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    make_library(clinic)
    number = Component.objects.filter(clinic=clinic).count()
    site = client_of(Role.CLINICIAN)

    first, second, beyond = (site.get(ADDRESS, {"page": page}) for page in ("1", "2", "77"))

    assert len(titles(first)) == PER_PAGE
    assert f"{number} components" in first.content.decode()
    assert len(titles(second)) == number - PER_PAGE
    assert not set(titles(first)) & set(titles(second))
    assert titles(beyond) == titles(first)


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "9" * 30])
def test_a_page_number_nobody_offered_is_the_first_page(
    page: str, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    make_library(clinic)
    assert len(titles(client_of(Role.CLINICIAN).get(ADDRESS, {"page": page}))) == PER_PAGE


def test_a_filter_that_has_gone_is_not_asked(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    make_library(clinic)
    page = client_of(Role.CLINICIAN).get(ADDRESS, {"equipment": "trampoline"})
    assert len(titles(page)) == PER_PAGE


def test_only_editors_are_offered_a_new_component(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    new = f'href="{reverse("component-new")}"'
    assert new in client_of(Role.EDITOR).get(ADDRESS).content.decode()
    for role in (Role.CLINICIAN, Role.REVIEWER):
        assert new not in client_of(role).get(ADDRESS).content.decode()


def test_more_components_ask_the_database_no_more_often(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    make_library(clinic)
    site = client_of(Role.EDITOR, Role.REVIEWER)

    def queries(**asked: str) -> int:
        site.get(ADDRESS, asked)
        with CaptureQueriesContext(connection) as captured:
            site.get(ADDRESS, asked)
        return len(captured)

    asked: list[dict[str, str]] = [{}, {"q": "pelvic"}, {"page": "2"}, {"q": "your", "state": "approved"}]
    few = [queries(**one) for one in asked]
    fill(clinic, 2 * Component.objects.filter(clinic=clinic).count())

    assert [queries(**one) for one in asked] == few
    assert max(few) <= 12


def test_those_who_write_the_library_find_its_workshop(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    for role in (Role.EDITOR, Role.REVIEWER):
        assert 'href="/reviews/"' in client_of(role).get(ADDRESS).content.decode()
    assert 'href="/reviews/"' not in client_of(Role.CLINICIAN).get(ADDRESS).content.decode()


def test_filters_nothing_fits_are_told_as_filters(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    make_library(clinic)
    client = client_of(Role.EDITOR)
    due = client.get(ADDRESS, {"state": "due"}).content.decode()
    assert "Nothing in your library fits these filters" in due
    assert "shorter word" not in due
    assert "has these words" in client.get(ADDRESS, {"q": "zzzz", "state": "due"}).content.decode()
