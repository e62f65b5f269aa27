from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def url_for(person: Any) -> str:
    return reverse("staff-leave", args=[person.memberships.get().pk])


def test_anonymous_signs_in_first(client: Client, clinician: Any) -> None:
    assert client.post(url_for(clinician)).status_code == 302


def test_wrong_role_is_refused(client_of: Any, clinician: Any) -> None:
    assert client_of(Role.CLINICIAN).post(url_for(clinician)).status_code == 403


def test_another_clinics_person_is_not_found(client_of: Any, other_clinic: Clinic) -> None:
    stranger = make_staff(other_clinic, Role.CLINICIAN)
    assert client_of(Role.ADMINISTRATOR).post(url_for(stranger)).status_code == 404


def test_looking_changes_nothing(client_of: Any, clinician: Any) -> None:
    assert client_of(Role.ADMINISTRATOR).get(url_for(clinician)).status_code == 200
    assert clinician.memberships.get().ended_at is None


def test_it_ends_the_access(client_of: Any, clinician: Any) -> None:
    client_of(Role.ADMINISTRATOR).post(url_for(clinician))
    assert clinician.memberships.get().ended_at is not None


def test_the_last_administrator_stays(clinic: Clinic, client: Client) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    client.force_login(boss)
    assert "only administrator" in client.post(url_for(boss), follow=True).content.decode()
    assert boss.memberships.get().ended_at is None


def test_a_second_press_finds_nobody_to_end(client_of: Any, clinician: Any) -> None:
    client, url = client_of(Role.ADMINISTRATOR), url_for(clinician)
    client.post(url)
    assert client.post(url).status_code == 404
