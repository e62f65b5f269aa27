"""The clinic's settings: stale forms, the lead, the trail."""

from __future__ import annotations

import pytest

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.accounts.refusals import NotAClinicianHere
from careplans.accounts.services import change_clinic
from careplans.audit.models import AuditEvent
from careplans.core.refusals import StaleChange
from tests.factories import NOW, make_staff

pytestmark = pytest.mark.django_db


def test_what_changed_is_in_the_trail_and_nothing_else(clinic: Clinic) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    fields = {"phone": "+44 1", "name": clinic.name, "pain_threshold": 6, "id": "no field of the form"}
    changed = change_clinic(clinic=clinic, version=clinic.version, fields=fields, by=boss, now=NOW)
    assert (changed.phone, changed.pain_threshold, changed.pk) == ("+44 1", 6, clinic.pk)
    event = AuditEvent.objects.get(action="clinic.changed")
    assert event.details["after"] == {"phone": "+44 1", "pain_threshold": 6}


def test_saving_without_a_change_leaves_no_trace(clinic: Clinic) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    change_clinic(clinic=clinic, version=clinic.version, fields={"name": clinic.name}, by=boss, now=NOW)
    assert not AuditEvent.objects.filter(action="clinic.changed").exists()


def test_a_stale_form_is_refused(clinic: Clinic) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    change_clinic(clinic=clinic, version=1, fields={"phone": "+44 1"}, by=boss, now=NOW)
    with pytest.raises(StaleChange):
        change_clinic(clinic=clinic, version=1, fields={"phone": "+44 2"}, by=boss, now=NOW)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.FRONT_DESK])
def test_the_lead_is_a_clinician_of_this_clinic(clinic: Clinic, other_clinic: Clinic, role: Role) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    for person in (make_staff(clinic, role), make_staff(other_clinic, Role.CLINICIAN)):
        with pytest.raises(NotAClinicianHere):
            change_clinic(clinic=clinic, version=1, fields={"clinical_lead": person}, by=boss, now=NOW)
    lead = make_staff(clinic, Role.CLINICIAN)
    assert (
        change_clinic(
            clinic=clinic, version=1, fields={"clinical_lead": lead}, by=boss, now=NOW
        ).clinical_lead
        == lead
    )
