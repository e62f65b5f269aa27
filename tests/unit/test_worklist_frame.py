"""The frame around every page: counts, and warnings that concern everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.sessions import SEEN_AT
from careplans.outbox.heartbeat import beat
from careplans.worklist.status import status_of
from tests.make.worklist import colleague, make_alerted, make_red_flag, make_taken_on

ALARM = "not been acknowledged"


@pytest.fixture
def staff_client(clinician: User) -> Client:
    client = Client()
    client.force_login(clinician)
    return client


def test_what_waits_for_me_is_my_patients_and_everybodys_red_flags(clinic: Clinic, clinician: User) -> None:
    other = colleague(clinic)
    make_alerted(clinic, clinician, pain_now=8, wants_call=True)
    make_alerted(clinic, other, pain_now=8)
    make_red_flag(clinic, other)
    make_taken_on(clinic, clinician)
    assert status_of(clinic, clinician, timezone.now()).for_me == 2


def test_another_clinics_alerts_are_not_counted(
    other_clinic: Clinic, clinic: Clinic, clinician: User
) -> None:
    make_red_flag(other_clinic, colleague(other_clinic))
    assert status_of(clinic, clinician, timezone.now()).for_me == 0


def test_a_red_flag_is_on_every_clinicians_page_until_it_is_acknowledged(
    staff_client: Client, clinic: Clinic
) -> None:
    make_red_flag(clinic, colleague(clinic))
    assert ALARM in staff_client.get("/patients/").content.decode()


def test_the_worklist_begins_with_them_and_needs_no_banner(staff_client: Client, clinic: Clinic) -> None:
    make_red_flag(clinic, colleague(clinic))
    assert ALARM not in staff_client.get("/worklist/").content.decode()


def test_the_front_desk_reads_nothing_of_red_flags(client_of: Callable[..., Client], clinic: Clinic) -> None:
    make_red_flag(clinic, colleague(clinic))
    page = client_of(Role.FRONT_DESK).get("/patients/").content.decode()
    assert ALARM not in page
    assert "rail-count" not in page


@pytest.mark.parametrize(("minutes", "is_late"), [(1, False), (2, False), (5, True)])
def test_a_schedule_that_stands_still_is_told_to_everybody(
    client_of: Callable[..., Client], minutes: int, is_late: bool
) -> None:
    beat(now=timezone.now() - timedelta(minutes=minutes))
    page = client_of(Role.FRONT_DESK).get("/patients/").content.decode()
    assert ("The schedule has not run since" in page) == is_late


def test_a_fresh_installation_is_not_late(staff_client: Client) -> None:
    assert "The schedule has not run" not in staff_client.get("/patients/").content.decode()


def test_the_menu_leads_to_ones_other_clinics(
    staff_client: Client, clinician: User, other_clinic: Clinic
) -> None:
    assert "Work in" not in staff_client.get("/patients/").content.decode()
    Membership.objects.create(user=clinician, clinic=other_clinic, role=Role.CLINICIAN)
    page = staff_client.get("/patients/").content.decode()
    assert (
        f"Work in {other_clinic.name}" in page
        or f"Work in {clinician.memberships.first().clinic.name}" in page
    )


def test_a_page_that_refreshes_itself_does_not_keep_the_session_alive(staff_client: Client) -> None:
    staff_client.get("/worklist/")
    session: Any = staff_client.session
    session[SEEN_AT] = long_ago = session[SEEN_AT] - 300
    session.save()
    staff_client.get("/worklist/", headers={"X-Unattended": "1", "HX-Request": "true"})
    assert staff_client.session[SEEN_AT] == long_ago
    staff_client.get("/worklist/")
    assert staff_client.session[SEEN_AT] > long_ago
