from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Membership
from careplans.accounts.permissions import Role
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
URL = "clinic-switch"


def test_anonymous_signs_in_first(client: Client, clinic: Clinic) -> None:
    assert client.post(reverse(URL), {"clinic": str(clinic.pk)}).url.startswith(reverse("account_login"))


def test_get_is_not_enough(client_of: Any) -> None:
    assert client_of(Role.CLINICIAN).get(reverse(URL)).status_code == 405


@pytest.mark.parametrize("wanted", ["", "x", "01900000-0000-7000-8000-000000000000"])
def test_only_where_one_works(client_of: Any, other_clinic: Clinic, wanted: str) -> None:
    client = client_of(Role.CLINICIAN)
    assert client.post(reverse(URL), {"clinic": wanted}).status_code == 404
    assert client.post(reverse(URL), {"clinic": str(other_clinic.pk)}).status_code == 404


def test_the_roles_of_the_chosen_clinic_count(client: Client, clinic: Clinic, other_clinic: Clinic) -> None:
    person = make_staff(clinic, Role.ADMINISTRATOR)
    Membership.objects.create(user=person, clinic=other_clinic, role=Role.EDITOR)
    client.force_login(person)
    for chosen, status in ((clinic, 200), (other_clinic, 403)):
        assert client.post(reverse(URL), {"clinic": str(chosen.pk)}).url == reverse("start")
        assert client.get(reverse("staff-list")).status_code == status
