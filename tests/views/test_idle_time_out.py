"""Sessions end when nothing happens, and after a working day in any case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.services import change_roles, end_membership
from tests.factories import NOW, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _real_limits(settings: Any) -> None:
    settings.IDLE_TIME_OUT = timedelta(minutes=15)
    settings.SESSION_LIFE = timedelta(hours=8)


def looks_at(client: Client, after: timedelta, page: str = "account", **extra: Any) -> Any:
    with time_machine.travel(NOW + after, tick=False):
        return client.get(reverse(page), **extra)


@pytest.fixture
def device(clinician: User) -> Client:
    client = Client()
    with time_machine.travel(NOW, tick=False):
        client.force_login(clinician)
        client.get(reverse("account"))
    return client


def test_fifteen_minutes_are_fine_and_one_second_more_is_not(device: Client) -> None:
    assert looks_at(device, timedelta(minutes=15)).status_code == 200
    response = looks_at(device, timedelta(minutes=30, seconds=1))
    assert response.url.startswith(reverse("account_login"))
    assert response.headers["Clear-Site-Data"]


def test_the_sign_in_page_says_why(device: Client) -> None:
    looks_at(device, timedelta(hours=1))
    page = looks_at(device, timedelta(hours=1), "account_login").content.decode()
    assert "nothing happened for a while" in page


def test_working_without_a_pause_ends_after_eight_hours(device: Client) -> None:
    for minutes in range(10, 481, 10):
        assert looks_at(device, timedelta(minutes=minutes)).status_code == 200
    assert looks_at(device, timedelta(hours=8, minutes=1)).status_code == 302


def test_a_fragment_sends_the_whole_page_to_sign_in(device: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/?page=2"}
    response = looks_at(device, timedelta(hours=1), headers=headers)
    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == f"{reverse('account_login')}?next=%2Fstaff%2F%3Fpage%3D2"


def test_looking_around_costs_three_queries(device: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        assert looks_at(device, timedelta(seconds=5), "start").status_code == 302


def test_five_devices_end_with_the_account(clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    devices = [Client() for _number in range(5)]
    for one in devices:
        one.force_login(person)
        assert one.get(reverse("account")).status_code == 200
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    end_membership(membership=person.memberships.get(), by=boss, now=NOW)
    assert {one.get(reverse("account")).status_code for one in devices} == {302}


def test_a_lost_role_counts_at_the_next_request(clinic: Clinic) -> None:
    person = make_staff(clinic, Role.ADMINISTRATOR)
    device = Client()
    device.force_login(person)
    assert device.get(reverse("staff-list")).status_code == 200
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    change_roles(clinic=clinic, user=person, seen=["administrator"], roles=[Role.EDITOR], by=boss, now=NOW)
    assert device.get(reverse("staff-list")).status_code == 403


def test_a_clinic_that_was_left_is_closed_at_the_next_request(clinic: Clinic, other_clinic: Clinic) -> None:
    person = make_staff(clinic, Role.ADMINISTRATOR)
    Membership.objects.create(user=person, clinic=other_clinic, role=Role.EDITOR)
    device = Client()
    device.force_login(person)
    device.post(reverse("clinic-switch"), {"clinic": str(clinic.pk)})
    assert device.get(reverse("staff-list")).status_code == 200
    Membership.objects.filter(user=person, clinic=clinic).update(ended_at=NOW)
    assert device.get(reverse("staff-list")).status_code == 403


def test_demo_staff_may_do_nothing_outside_the_demo(settings: Any, client_of: Any, clinic: Clinic) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(is_demo=True)
    device = client_of(Role.ADMINISTRATOR)
    settings.DEMO = True
    assert device.get(reverse("staff-list")).status_code == 200
    settings.DEMO = False
    assert device.get(reverse("staff-list")).status_code == 403


def test_signing_out_elsewhere_keeps_only_this_device(clinician: User) -> None:
    here, there = Client(), Client()
    here.force_login(clinician)
    there.force_login(clinician)
    assert here.post(reverse("account-sign-out-elsewhere")).status_code == 302
    assert here.get(reverse("account")).status_code == 200
    assert there.get(reverse("account")).status_code == 302
