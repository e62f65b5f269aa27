from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Membership
from careplans.accounts.permissions import Role
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def roles_of(clinic: Clinic, person: Any) -> set[str]:
    return set(Membership.objects.active().of(clinic).filter(user=person).values_list("role", flat=True))


def url_for(person: Any) -> str:
    return reverse("staff-roles", args=[person.pk])


def test_anonymous_signs_in_first(client: Client, clinician: Any) -> None:
    assert client.post(url_for(clinician), {"roles": ["editor"]}).status_code == 302


def test_nobody_promotes_themselves(clinic: Clinic, clinician: Any, client: Client) -> None:
    client.force_login(clinician)
    assert client.post(url_for(clinician), {"roles": ["administrator"]}).status_code == 403
    assert roles_of(clinic, clinician) == {"clinician"}


def test_another_clinics_person_is_not_found(client_of: Any, other_clinic: Clinic) -> None:
    stranger = make_staff(other_clinic, Role.CLINICIAN)
    client = client_of(Role.ADMINISTRATOR)
    assert client.get(url_for(stranger)).status_code == 404
    assert client.post(url_for(stranger), {"roles": ["editor"]}).status_code == 404
    assert roles_of(other_clinic, stranger) == {"clinician"}


def test_it_changes_the_roles(client_of: Any, clinic: Clinic, clinician: Any) -> None:
    client_of(Role.ADMINISTRATOR).post(
        url_for(clinician), {"before": "clinician", "roles": ["editor", "front_desk"]}
    )
    assert roles_of(clinic, clinician) == {"editor", "front_desk"}


def test_the_last_administrator_is_told_why_not(clinic: Clinic, client: Client) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    client.force_login(boss)
    page = client.post(url_for(boss), {"before": "administrator", "roles": ["clinician"]}).content.decode()
    assert "only administrator" in page
    assert roles_of(clinic, boss) == {"administrator"}


def test_no_role_is_an_error(client_of: Any, clinician: Any) -> None:
    assert "at least one role" in client_of(Role.ADMINISTRATOR).post(url_for(clinician), {}).content.decode()


def test_of_two_administrators_the_second_is_told_and_keeps_their_ticks(
    client_of: Any, clinic: Clinic, clinician: Any
) -> None:
    client = client_of(Role.ADMINISTRATOR)
    form = client.get(url_for(clinician)).context["form"]
    assert form["before"].value() == "clinician"
    client_of(Role.ADMINISTRATOR).post(url_for(clinician), {"before": "clinician", "roles": ["editor"]})

    answer = client.post(url_for(clinician), {"before": "clinician", "roles": ["clinician", "front_desk"]})

    assert answer.status_code == 409
    assert "They are now: Content editor." in answer.content.decode()
    form = answer.context["form"]
    assert (form["before"].value(), form["roles"].value()) == ("editor", ["clinician", "front_desk"])
    assert roles_of(clinic, clinician) == {"editor"}

    client.post(url_for(clinician), {"before": "editor", "roles": ["clinician", "front_desk"]})
    assert roles_of(clinic, clinician) == {"clinician", "front_desk"}


def test_a_form_that_does_not_say_what_it_saw_changes_nothing(
    client_of: Any, clinic: Clinic, clinician: Any
) -> None:
    assert client_of(Role.ADMINISTRATOR).post(url_for(clinician), {"roles": ["editor"]}).status_code == 409
    assert roles_of(clinic, clinician) == {"clinician"}
