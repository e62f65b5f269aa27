from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from careplans.accounts.models import Clinic, Invitation
from careplans.accounts.permissions import Role
from tests.make.accounts import make_invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(clinic: Clinic) -> str:
    return reverse("invitation-withdraw", args=[make_invitation(clinic, now=timezone.now()).pk])


def test_anonymous_and_wrong_role(client: Client, client_of: Any, url: str) -> None:
    assert client.post(url).status_code == 302
    assert client_of(Role.FRONT_DESK).post(url).status_code == 403


def test_another_clinics_is_not_found(client_of: Any, other_clinic: Clinic, url: str) -> None:
    assert client_of(Role.ADMINISTRATOR, at=other_clinic).post(url).status_code == 404
    assert Invitation.objects.get().withdrawn_at is None


def test_get_is_not_enough(client_of: Any, url: str) -> None:
    assert client_of(Role.ADMINISTRATOR).get(url).status_code == 405


def test_it_withdraws_and_a_second_press_says_so(client_of: Any, url: str) -> None:
    client = client_of(Role.ADMINISTRATOR)
    client.post(url)
    assert Invitation.objects.get().withdrawn_at is not None
    assert "can no longer be used" in client.post(url, follow=True).content.decode()
