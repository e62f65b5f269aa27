from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.plans.models import Plan
from tests.factories import NOW
from tests.make.patients import make_episode, make_patient

URL = "/patients/"
ClientOf = Callable[..., Client]


def test_anonymous_must_sign_in(client: Client) -> None:
    assert client.get(URL)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_are_refused(client_of: ClientOf, role: Role) -> None:
    assert client_of(role).get(URL).status_code == 403


def test_shows_the_clinics_patients_only(client_of: ClientOf, clinic: Clinic, other_clinic: Clinic) -> None:
    make_patient(clinic, given_name="Ada", family_name="Here")
    make_patient(other_clinic, given_name="Bo", family_name="Elsewhere")
    page = client_of(Role.CLINICIAN).get(URL).content.decode()
    assert "Ada Here" in page
    assert "Elsewhere" not in page


def test_the_clinician_sees_the_episode_and_the_front_desk_does_not(
    client_of: ClientOf, clinic: Clinic
) -> None:
    make_episode(make_patient(clinic), diagnosis="Sciatica on the left")
    assert "Sciatica on the left" in client_of(Role.CLINICIAN).get(URL).content.decode()
    assert "Sciatica on the left" not in client_of(Role.FRONT_DESK).get(URL).content.decode()


def test_says_how_far_the_plan_is(client_of: ClientOf, clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic))
    plan = {
        "clinic": clinic,
        "patient": episode.patient,
        "episode": episode,
        "owner": clinician,
        "created_at": NOW,
    }
    Plan.objects.create(**plan, title="Acute spasm", state=Plan.State.ACTIVE)
    assert client_of(Role.CLINICIAN).get(URL).context["rows"][0].plan == "Acute spasm (Active)"
    assert client_of(Role.FRONT_DESK).get(URL).context["rows"][0].plan == ""


def test_finds_by_name_without_accents_and_by_number(client_of: ClientOf, clinic: Clinic) -> None:
    make_patient(clinic, given_name="Ayşe", family_name="Çelik", record_number="CP-77")
    make_patient(clinic, given_name="Bo", family_name="Moe", record_number="X-1")
    client = client_of(Role.FRONT_DESK)
    for words in ("celik", "cp-7"):
        page = client.get(URL, {"q": words}).content.decode()
        assert "Çelik" in page
        assert "Moe" not in page


def test_mine_are_those_i_am_responsible_for(client_of: ClientOf, clinic: Clinic, clinician: User) -> None:
    client = Client()
    client.force_login(clinician)
    make_patient(clinic, family_name="Mine", clinician=clinician)
    make_patient(clinic, family_name="Others")
    page = client.get(URL, {"whose": "mine"}).content.decode()
    assert "Mine" in page
    assert "Others" not in page


def test_pages_of_25(client_of: ClientOf, clinic: Clinic, clinician: User) -> None:
    for number in range(26):
        make_patient(clinic, by=clinician, family_name=f"Name{'abcdefghijklmnopqrstuvwxyz'[number]}")
    client = client_of(Role.CLINICIAN)
    assert len(client.get(URL).context["rows"]) == 25
    assert len(client.get(URL, {"page": "2"}).context["rows"]) == 1


@pytest.mark.parametrize(
    "query", [{"page": "x"}, {"page": "-1"}, {"page": "9" * 40}, {"q": "x" * 10_000}, {"q": "\u202e'\"<b>"}]
)
def test_strange_queries_are_answered(client_of: ClientOf, clinic: Clinic, query: dict[str, str]) -> None:
    make_patient(clinic)
    assert client_of(Role.CLINICIAN).get(URL, query).status_code == 200
    assert client_of(Role.CLINICIAN).get(f"{URL}?q=%00").status_code == 400


def test_names_are_escaped(client_of: ClientOf, clinic: Clinic) -> None:
    make_patient(clinic, given_name="<script>alert(1)</script>", birth_date=date(1990, 1, 1))
    assert "<script>alert" not in client_of(Role.CLINICIAN).get(URL).content.decode()


def test_queries_do_not_grow_with_patients(
    client_of: ClientOf,
    clinic: Clinic,
    clinician: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(Role.CLINICIAN)
    client.get(URL)
    for _number in range(20):
        make_episode(make_patient(clinic, by=clinician, clinician=clinician), by=clinician)
    with django_assert_max_num_queries(10):
        assert len(client.get(URL).context["rows"]) == 20


def test_a_list_is_no_look_at_a_record(client_of: ClientOf, clinic: Clinic) -> None:
    make_patient(clinic)
    client_of(Role.CLINICIAN).get(URL)
    assert not AuditEvent.objects.filter(kind="look").exists()


def test_only_reads(client_of: ClientOf) -> None:
    assert client_of(Role.CLINICIAN).post(URL).status_code == 405
