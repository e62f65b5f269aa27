from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from tests.factories import make_staff
from tests.make.accounts import make_invitation

pytestmark = pytest.mark.django_db
URL = "staff-list"


def test_anonymous_signs_in_first(client: Client) -> None:
    assert client.get(reverse(URL)).url == f"{reverse('account_login')}?next={reverse(URL)}"


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER])
def test_other_roles_are_refused_and_noted(client_of: Any, role: Role, caplog: Any) -> None:
    assert client_of(role).get(reverse(URL)).status_code == 403
    assert "permission=manage_staff view=staff-list" in caplog.text


def test_it_shows_this_clinic_and_no_other(client_of: Any, clinic: Clinic, other_clinic: Clinic) -> None:
    make_staff(clinic, Role.CLINICIAN, Role.EDITOR, name="Ada Here")
    make_staff(other_clinic, Role.CLINICIAN, name="Bo Elsewhere")
    make_invitation(other_clinic, name="Invited Elsewhere", now=timezone.now())
    page = client_of(Role.ADMINISTRATOR).get(reverse(URL)).content.decode()
    assert page.count(">Ada Here<") == 1
    assert "Elsewhere" not in page


def test_without_a_mail_server_the_link_can_be_handed_over(
    client_of: Any, clinic: Clinic, settings: Any
) -> None:
    make_invitation(clinic, now=timezone.now())
    client = client_of(Role.ADMINISTRATOR)
    settings.EMAIL_URL = ""
    assert "/invitation/" in client.get(reverse(URL)).content.decode()
    settings.EMAIL_URL = "smtp://mail.example:587"
    assert "/invitation/" not in client.get(reverse(URL)).content.decode()


def test_its_queries_do_not_grow_with_the_people(
    client_of: Any, clinic: Clinic, django_assert_max_num_queries: Any
) -> None:
    for _number in range(8):
        make_staff(clinic, Role.CLINICIAN, Role.EDITOR)
    client = client_of(Role.ADMINISTRATOR)
    client.get(reverse(URL))
    with django_assert_max_num_queries(10):
        client.get(reverse(URL))
