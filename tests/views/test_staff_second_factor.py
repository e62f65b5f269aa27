from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Membership
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from tests.factories import make_staff
from tests.make.accounts import give_second_factor

pytestmark = pytest.mark.django_db


def url_for(person: Any) -> str:
    return reverse("staff-second-factor", args=[person.pk])


def test_anonymous_and_wrong_role(client: Client, client_of: Any, clinician: Any) -> None:
    assert client.post(url_for(clinician)).status_code == 302
    assert client_of(Role.CLINICIAN).post(url_for(clinician)).status_code == 403


def test_another_clinics_person_is_not_found(client_of: Any, other_clinic: Clinic) -> None:
    assert (
        client_of(Role.ADMINISTRATOR).post(url_for(make_staff(other_clinic, Role.EDITOR))).status_code == 404
    )


def test_it_removes_the_factor_and_ends_the_sessions(client_of: Any, clinician: Any, client: Client) -> None:
    give_second_factor(clinician)
    client.force_login(clinician)
    client_of(Role.ADMINISTRATOR).post(url_for(clinician))
    assert not Authenticator.objects.filter(user=clinician).exists()
    assert client.get(reverse("account")).status_code == 302


def test_it_is_refused_for_somebody_who_works_elsewhere_too(
    client_of: Any, clinician: Any, other_clinic: Clinic
) -> None:
    give_second_factor(clinician)
    Membership.objects.create(user=clinician, clinic=other_clinic, role=Role.EDITOR)
    page = client_of(Role.ADMINISTRATOR).post(url_for(clinician), follow=True).content.decode()
    assert "works in another clinic too" in page
    assert Authenticator.objects.filter(user=clinician).exists()


def test_the_last_way_in_is_a_command(clinician: Any) -> None:
    give_second_factor(clinician)
    call_command("reset_second_factor", clinician.email.upper())
    assert not Authenticator.objects.filter(user=clinician).exists()
    assert AuditEvent.objects.filter(action="staff.second_factor_reset", actor_kind="system").exists()
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody@clinic.example")
