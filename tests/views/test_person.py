from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Membership
from careplans.accounts.permissions import Role
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def test_anonymous_signs_in_first(client: Client) -> None:
    assert client.get(reverse("account")).status_code == 302


@pytest.mark.parametrize("role", Role)
def test_everybody_has_one(client_of: Any, role: Role) -> None:
    assert client_of(role).get(reverse("account")).status_code == 200


def test_it_lists_the_clinics_with_roles(client: Client, clinic: Clinic, other_clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN, Role.EDITOR)
    Membership.objects.create(user=person, clinic=other_clinic, role=Role.REVIEWER)
    client.force_login(person)
    page = client.get(reverse("account")).content.decode()
    assert clinic.name in page
    assert other_clinic.name in page
    assert "Clinician, Content editor" in page


def test_somebody_without_a_clinic_is_told_what_to_do(client: Client, clinic: Clinic) -> None:
    client.force_login(make_staff(clinic))
    assert client.get(reverse("start")).url == reverse("account")
    assert "no role in a clinic" in client.get(reverse("account")).content.decode()
