"""The report of a file that came, and taking it in: all of it or nothing, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.bundle_arrival import Arrival
from careplans.library.bundle_in import receive_file
from careplans.library.bundle_out import export_library
from careplans.library.bundle_report import Report
from careplans.library.models import ArrivingFile, ComponentVersion, ReviewState, Source
from careplans.library.review import start_version
from tests.factories import NOW, make_staff
from tests.make.bundles import SOURCE, small_bundle
from tests.make.plans import component_of, make_library
from tests.unit.test_library_bundle import steeper, with_change

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
BAD_RULE = b"- {code: r1, severity: soon}"


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR, name="Edith Able")


@pytest.fixture
def client(client_of: ClientOf) -> Client:
    return client_of(Role.EDITOR)


def bring(clinic: Clinic, by: User, data: bytes = b"") -> ArrivingFile:
    return receive_file(clinic=clinic, name="theirs.zip", data=data or small_bundle(), by=by, now=NOW)


def path_of(arriving: ArrivingFile) -> str:
    return reverse("library-import-report", args=[arriving.pk])


def test_a_stranger_is_asked_to_sign_in(clinic: Clinic, editor: User) -> None:
    path = path_of(bring(clinic, editor))
    assert Client().get(path).status_code == Client().post(path).status_code == 302


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_editors_decide(client_of: ClientOf, clinic: Clinic, editor: User, role: Role) -> None:
    path = path_of(bring(clinic, editor))
    assert client_of(role).get(path).status_code == client_of(role).post(path).status_code == 403
    assert not Source.objects.filter(clinic=clinic).exists()


def test_another_clinics_file_is_not_there(
    client_of: ClientOf, clinic: Clinic, other_clinic: Clinic, editor: User
) -> None:
    path = path_of(bring(clinic, editor))
    client = client_of(Role.EDITOR, at=other_clinic)
    assert client.get(path).status_code == client.post(path).status_code == 404


def test_after_a_day_it_is_gone(client_of: ClientOf, clinic: Clinic, editor: User) -> None:
    path = path_of(bring(clinic, editor))
    with time_machine.travel(NOW + timedelta(days=1, seconds=1)):
        client = client_of(Role.EDITOR)
        assert client.get(path).status_code == client.post(path).status_code == 404
    assert not Source.objects.filter(clinic=clinic).exists()


def test_looking_writes_nothing(client: Client, clinic: Clinic, editor: User) -> None:
    page = client.get(path_of(bring(clinic, editor))).content.decode()
    assert "theirs.zip, brought by Edith Able" in page
    assert "1 thing can be taken in" in page
    assert "A review of reviews" in page
    assert "New. Can be cited." in page
    assert not Source.objects.filter(clinic=clinic).exists()


def test_taken_in_it_leads_to_the_reviews(client: Client, clinic: Clinic, editor: User) -> None:
    arriving = bring(clinic, editor)
    response = client.post(path_of(arriving))
    assert response.url == reverse("review-list")
    assert Source.objects.filter(clinic=clinic).count() == 1
    page = client.get(path_of(arriving)).content.decode()
    assert "Taken in on" in page
    assert "Take in 1" not in page


def test_taken_in_twice_it_counts_once(client: Client, clinic: Clinic, editor: User) -> None:
    path = path_of(bring(clinic, editor))
    client.post(path)
    response = client.post(path, follow=True)
    assert "was taken in already" in response.content.decode()
    assert Source.objects.filter(clinic=clinic).count() == 1


@pytest.mark.parametrize("rehearses", [True, False], ids=["once", "again-while-looking"])
def test_two_in_the_same_moment_are_no_broken_page(
    client: Client, clinic: Clinic, editor: User, monkeypatch: pytest.MonkeyPatch, rehearses: bool
) -> None:
    """As PostgreSQL tells it when somebody wrote something of the same code a moment before."""
    arriving, whole = bring(clinic, editor), Arrival.report

    def report(arrival: Arrival) -> Report:
        if arrival.for_good or not rehearses:
            Source.objects.create(clinic=clinic, code="X1", title="Theirs")
        return whole(arrival)

    monkeypatch.setattr(
        "careplans.library.bundle_arrival.Source.objects.filter", lambda **_: Source.objects.none()
    )
    monkeypatch.setattr(Arrival, "report", report)
    response = client.post(path_of(arriving))
    assert response.status_code == 409
    assert (
        "Somebody else changed the library in the same moment, and nothing was written."
        in response.content.decode()
    )
    arriving.refresh_from_db()
    assert arriving.taken_in_at is None


def test_a_source_that_reads_otherwise_is_told_field_by_field(
    client: Client, clinic: Clinic, editor: User
) -> None:
    Source.objects.create(clinic=clinic, code="X1", title="An older review", publisher="P", covers="Backs")
    page = client.get(path_of(bring(clinic, editor))).content.decode()
    assert "Kept as it reads in your library" in page
    assert "title: “An older review” stays; the file says “A review of reviews”" in page


def test_bad_rows_come_first_and_nothing_can_be_taken_in(
    client: Client, clinic: Clinic, editor: User
) -> None:
    arriving = bring(clinic, editor, small_bundle(rules=BAD_RULE))
    page = client.get(path_of(arriving)).content.decode()
    assert "One thing cannot be used, so nothing can be taken in" in page
    assert page.index("rules.yaml: r1") < page.index("A review of reviews")
    assert "severity" in page
    assert "<button" not in page[page.index("sum-title") : page.index("list-frame")]

    response = client.post(path_of(arriving))
    assert response.status_code == 409
    assert "Nothing was taken in" in response.content.decode()
    assert not Source.objects.filter(clinic=clinic).exists()


def test_what_the_file_says_is_text_and_no_markup(client: Client, clinic: Clinic, editor: User) -> None:
    bad = b"- {code: X1, title: '<script>alert(1)</script>', published_on: null}"
    page = client.get(path_of(bring(clinic, editor, small_bundle(sources=bad)))).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_same_library_holds_nothing_new(client: Client, clinic: Clinic, editor: User) -> None:
    make_library(clinic)
    arriving = bring(clinic, editor, export_library(clinic=clinic, by=editor, now=NOW))
    page = client.get(path_of(arriving)).content.decode()
    assert "There is nothing new in this file" in page
    assert "The same as yours. Nothing to do." in page
    assert client.post(path_of(arriving)).status_code == 409


def test_what_changed_since_it_came_is_said_and_looked_at_anew(
    client: Client, clinic: Clinic, editor: User
) -> None:
    make_library(clinic)
    data = export_library(clinic=clinic, by=editor, now=NOW)
    arriving = bring(clinic, editor, with_change(data, "components/ex-bridge.yaml", steeper))
    assert "The next version of yours." in client.get(path_of(arriving)).content.decode()
    start_version(of=component_of(clinic, "ex-bridge"), by=editor, now=NOW)

    response = client.post(path_of(arriving))
    page = response.content.decode()
    assert response.status_code == 409
    assert "The library has changed since the file came" in page
    assert "Nothing of it can be taken in now" in page
    assert "Left out." in page
    drafts = ComponentVersion.objects.filter(component__clinic=clinic, state=ReviewState.IN_REVIEW)
    assert not drafts.exists()


def test_a_long_report_asks_no_more_of_the_database(
    client: Client, clinic: Clinic, editor: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    many = b"".join(SOURCE.replace(b"X1", f"X{number}".encode()) for number in range(300))
    arriving = bring(clinic, editor, small_bundle(sources=many))
    client.get(path_of(arriving))
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
        page = client.get(path_of(arriving)).content.decode()
    assert page.count('<tr class="outcome-new"') == 200
