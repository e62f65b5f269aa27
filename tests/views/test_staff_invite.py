from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Invitation
from careplans.accounts.permissions import Role
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
URL = "staff-invite"
GIVEN = {"name": "Ana Pires", "email": "ana@clinic.example", "role": "reviewer"}


def test_anonymous_signs_in_first(client: Client) -> None:
    assert client.post(reverse(URL), GIVEN).status_code == 302
    assert not Invitation.objects.exists()


def test_wrong_role_is_refused(client_of: Any) -> None:
    assert client_of(Role.CLINICIAN).post(reverse(URL), GIVEN).status_code == 403
    assert not Invitation.objects.exists()


def test_it_invites_into_this_clinic(client_of: Any, clinic: Clinic) -> None:
    assert client_of(Role.ADMINISTRATOR).post(reverse(URL), GIVEN).url == reverse("staff-list")
    invitation = Invitation.objects.get()
    assert (invitation.clinic, invitation.role, invitation.email) == (clinic, "reviewer", GIVEN["email"])


def test_errors_keep_what_was_typed(client_of: Any) -> None:
    page = (
        client_of(Role.ADMINISTRATOR)
        .post(reverse(URL), {"name": "Ana Pires", "email": "ana@"})
        .content.decode()
    )
    assert 'value="Ana Pires"' in page
    assert "Choose what the person will do here." in page


def test_a_refusal_is_read_on_the_page(client_of: Any, clinic: Clinic) -> None:
    person = make_staff(clinic, Role.REVIEWER)
    page = client_of(Role.ADMINISTRATOR).post(reverse(URL), GIVEN | {"email": person.email}).content.decode()
    assert "already has that role" in page


def test_a_role_that_does_not_exist_is_refused(client_of: Any) -> None:
    client_of(Role.ADMINISTRATOR).post(reverse(URL), GIVEN | {"role": "superuser"})
    assert not Invitation.objects.exists()
