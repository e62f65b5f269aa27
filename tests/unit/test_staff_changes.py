"""Roles, leaving, sessions, lost second factors."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from careplans.accounts.models import Clinic, Membership
from careplans.accounts.permissions import Role
from careplans.accounts.refusals import (
    LastAdministrator,
    NoRoleLeft,
    NotOnStaff,
    RolesChanged,
    WorksElsewhereToo,
)
from careplans.accounts.services import change_roles, end_membership, end_sessions, reset_second_factor
from careplans.audit.models import AuditEvent
from tests.factories import NOW, make_staff
from tests.make.accounts import give_second_factor

pytestmark = pytest.mark.django_db


def roles_of(clinic: Clinic, user: Any) -> set[str]:
    return {one.role for one in Membership.objects.active().of(clinic).filter(user=user)}


def test_roles_are_exactly_what_was_chosen(clinic: Clinic) -> None:
    boss, person = make_staff(clinic, Role.ADMINISTRATOR), make_staff(clinic, Role.CLINICIAN, Role.EDITOR)
    change_roles(
        clinic=clinic,
        user=person,
        seen=["clinician", "editor"],
        roles=[Role.EDITOR, Role.FRONT_DESK],
        by=boss,
        now=NOW,
    )
    assert roles_of(clinic, person) == {"editor", "front_desk"}
    event = AuditEvent.objects.get(action="staff.roles_changed")
    assert event.details == {"before": ["clinician", "editor"], "after": ["editor", "front_desk"]}


def test_a_clinic_keeps_its_last_administrator(clinic: Clinic) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        change_roles(
            clinic=clinic, user=boss, seen=["administrator"], roles=[Role.CLINICIAN], by=boss, now=NOW
        )
    with pytest.raises(LastAdministrator):
        end_membership(membership=boss.memberships.get(), by=boss, now=NOW)
    make_staff(clinic, Role.ADMINISTRATOR)
    end_membership(membership=boss.memberships.get(), by=boss, now=NOW)


def test_an_administrator_who_was_switched_off_does_not_count(clinic: Clinic) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    make_staff(clinic, Role.ADMINISTRATOR, is_active=False)
    with pytest.raises(LastAdministrator):
        end_membership(membership=boss.memberships.get(), by=boss, now=NOW)


def test_nobody_is_left_without_a_role(clinic: Clinic) -> None:
    boss = make_staff(clinic, Role.ADMINISTRATOR)
    with pytest.raises(NoRoleLeft):
        change_roles(
            clinic=clinic, user=make_staff(clinic, Role.EDITOR), seen=["editor"], roles=[], by=boss, now=NOW
        )


def test_only_the_clinics_own_staff_is_changed(clinic: Clinic, other_clinic: Clinic) -> None:
    boss, stranger = make_staff(clinic, Role.ADMINISTRATOR), make_staff(other_clinic, Role.CLINICIAN)
    with pytest.raises(NotOnStaff):
        change_roles(clinic=clinic, user=stranger, seen=["clinician"], roles=[Role.EDITOR], by=boss, now=NOW)


def test_leaving_ends_all_roles_here_and_the_account_when_nothing_is_left(clinic: Clinic) -> None:
    boss, person = make_staff(clinic, Role.ADMINISTRATOR), make_staff(clinic, Role.CLINICIAN, Role.EDITOR)
    end_membership(membership=person.memberships.first(), by=boss, now=NOW)
    person.refresh_from_db()
    assert roles_of(clinic, person) == set()
    assert not person.is_active


def test_leaving_one_clinic_keeps_the_other(clinic: Clinic, other_clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    Membership.objects.create(user=person, clinic=other_clinic, role=Role.CLINICIAN)
    end_membership(
        membership=person.memberships.get(clinic=clinic), by=make_staff(clinic, Role.ADMINISTRATOR), now=NOW
    )
    person.refresh_from_db()
    assert person.is_active
    assert roles_of(other_clinic, person) == {"clinician"}


def test_the_clinical_lead_steps_down_with_the_role(clinic: Clinic) -> None:
    boss, lead = make_staff(clinic, Role.ADMINISTRATOR), make_staff(clinic, Role.CLINICIAN)
    Clinic.objects.filter(pk=clinic.pk).update(clinical_lead=lead)
    change_roles(clinic=clinic, user=lead, seen=["clinician"], roles=[Role.EDITOR], by=boss, now=NOW)
    clinic.refresh_from_db()
    assert clinic.clinical_lead is None
    event = AuditEvent.objects.get(action="clinic.changed", clinic_id=clinic.pk)
    assert (event.actor_id, event.details["before"]) == (boss.pk, {"clinical_lead": str(lead.pk)})


def test_a_lead_who_leaves_is_taken_off_on_record(clinic: Clinic) -> None:
    boss, lead = make_staff(clinic, Role.ADMINISTRATOR), make_staff(clinic, Role.CLINICIAN)
    Clinic.objects.filter(pk=clinic.pk).update(clinical_lead=lead)
    end_membership(membership=lead.memberships.get(), by=boss, now=NOW)
    assert AuditEvent.objects.get(action="clinic.changed").details["after"] == {"clinical_lead": None}


def test_somebody_who_leads_nothing_leaves_no_such_trace(clinic: Clinic) -> None:
    boss, person = make_staff(clinic, Role.ADMINISTRATOR), make_staff(clinic, Role.CLINICIAN)
    end_membership(membership=person.memberships.get(), by=boss, now=NOW)
    assert not AuditEvent.objects.filter(action="clinic.changed").exists()


def test_roles_somebody_else_changed_meanwhile_are_not_overwritten(clinic: Clinic) -> None:
    boss, person = make_staff(clinic, Role.ADMINISTRATOR), make_staff(clinic, Role.CLINICIAN)
    seen = ["clinician"]
    change_roles(clinic=clinic, user=person, seen=seen, roles=[Role.EDITOR], by=boss, now=NOW)
    with pytest.raises(RolesChanged, match="They are now: Content editor"):
        change_roles(clinic=clinic, user=person, seen=seen, roles=[Role.FRONT_DESK], by=boss, now=NOW)
    assert roles_of(clinic, person) == {"editor"}


def test_ending_sessions_changes_what_they_are_checked_against(clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    before = person.get_session_auth_hash()
    end_sessions(user=person, by=person, now=NOW)
    assert person.get_session_auth_hash() != before


def test_a_lost_second_factor_is_forgotten_and_the_person_signed_out(clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    give_second_factor(person)
    before = person.get_session_auth_hash()
    reset_second_factor(user=person, clinic=clinic, by=make_staff(clinic, Role.ADMINISTRATOR), now=NOW)
    person.refresh_from_db()
    assert not Authenticator.objects.filter(user=person).exists()
    assert person.get_session_auth_hash() != before


def test_one_clinic_cannot_lower_the_guard_of_another(clinic: Clinic, other_clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    Membership.objects.create(user=person, clinic=other_clinic, role=Role.CLINICIAN)
    give_second_factor(person)
    with pytest.raises(WorksElsewhereToo):
        reset_second_factor(user=person, clinic=clinic, by=make_staff(clinic, Role.ADMINISTRATOR), now=NOW)
    assert Authenticator.objects.filter(user=person).exists()


def test_nothing_happens_without_its_audit(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    boss, person = make_staff(clinic, Role.ADMINISTRATOR), make_staff(clinic, Role.CLINICIAN)

    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("careplans.accounts.staff.record_change", fail)
    with pytest.raises(RuntimeError):
        end_membership(membership=person.memberships.get(), by=boss, now=NOW)
    with pytest.raises(RuntimeError):
        change_roles(clinic=clinic, user=person, seen=["clinician"], roles=[Role.EDITOR], by=boss, now=NOW)
    assert roles_of(clinic, person) == {"clinician"}
