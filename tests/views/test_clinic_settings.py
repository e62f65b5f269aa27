from __future__ import annotations

from typing import Any

import pytest
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
URL = "clinic-settings"


def given(clinic: Clinic, **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    clinic.refresh_from_db()
    values = {
        name: value
        for name, value in model_to_dict(clinic).items()
        if value is not None and value is not False
    }
    return values | {"version": clinic.version} | changes


def test_anonymous_and_wrong_role(client: Client, client_of: Any) -> None:
    assert client.get(reverse(URL)).status_code == 302
    assert client_of(Role.CLINICIAN).post(reverse(URL), {}).status_code == 403


def test_it_changes_this_clinic_only(client_of: Any, clinic: Clinic, other_clinic: Clinic) -> None:
    response = client_of(Role.ADMINISTRATOR).post(
        reverse(URL), given(clinic, emergency_number="112", country="tr")
    )
    assert response.status_code == 302
    clinic.refresh_from_db()
    other_clinic.refresh_from_db()
    assert (clinic.emergency_number, clinic.country) == ("112", "TR")
    assert other_clinic.emergency_number == "999"
    assert AuditEvent.objects.get(action="clinic.changed").details["before"] == {
        "emergency_number": "999",
        "country": "GB",
    }


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"brand_colour": "#ffcc00"}, "Too pale to read on white"),
        ({"brand_colour": "red"}, "six digits"),
        ({"phone": "ring us"}, "Write a phone number with digits"),
        ({"emergency_number": ""}, "required"),
        ({"country": "Turkey"}, "two letters"),
        ({"sending_from": "20:00", "sending_until": "08:00"}, "must end later than it begins"),
        ({"cover_after_minutes": "120", "lead_after_minutes": "60"}, "must come after"),
        ({"pain_threshold": "11"}, "less than or equal to 10"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(
    client_of: Any, clinic: Clinic, wrong: dict[str, str], words: str
) -> None:
    page = (
        client_of(Role.ADMINISTRATOR)
        .post(reverse(URL), given(clinic, name="Typed Name", **wrong))
        .content.decode()
    )
    assert words in page
    assert 'value="Typed Name"' in page
    clinic.refresh_from_db()
    assert clinic.name != "Typed Name"
    assert clinic.version == 1


def test_the_lead_is_chosen_among_this_clinics_clinicians(
    client_of: Any, clinic: Clinic, other_clinic: Clinic
) -> None:
    client = client_of(Role.ADMINISTRATOR)
    wrong = [make_staff(other_clinic, Role.CLINICIAN), make_staff(clinic, Role.FRONT_DESK)]
    for person in wrong:
        assert client.post(reverse(URL), given(clinic, clinical_lead=str(person.pk))).status_code == 200
    lead = make_staff(clinic, Role.CLINICIAN)
    assert client.post(reverse(URL), given(clinic, clinical_lead=str(lead.pk))).status_code == 302
    clinic.refresh_from_db()
    assert clinic.clinical_lead == lead


def test_a_stale_form_says_what_changed_and_keeps_what_was_typed(client_of: Any, clinic: Clinic) -> None:
    client = client_of(Role.ADMINISTRATOR)
    opened = given(clinic)
    client.post(reverse(URL), given(clinic, phone="+44 111"))
    response = client.post(reverse(URL), opened | {"address": "9 Typed Road"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "phone: +44 111" in page
    assert 'value="9 Typed Road"' in page
    assert 'name="version" value="2"' in page
    clinic.refresh_from_db()
    assert (clinic.phone, clinic.address) == ("+44 111", "1 Back Lane, London")


def test_pausing_is_a_choice_of_its_own(client_of: Any, clinic: Clinic) -> None:
    client_of(Role.ADMINISTRATOR).post(reverse(URL), given(clinic, is_sending_paused="on"))
    clinic.refresh_from_db()
    assert clinic.is_sending_paused
