"""Inviting and accepting: success, each refusal, and nothing half done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from careplans.accounts.invitations import VALID_FOR
from careplans.accounts.models import Clinic, Invitation, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.refusals import AddressTaken, AlreadyOnStaff, InvitationNotOpen, WrongPerson
from careplans.accounts.services import (
    accept_invitation,
    end_membership,
    invite_first_administrator,
    invite_staff,
    join_clinic,
    withdraw_invitation,
)
from careplans.audit.models import AuditEvent
from careplans.outbox.models import Message
from tests.factories import NOW, make_clinic, make_staff
from tests.make.accounts import make_invitation

pytestmark = pytest.mark.django_db
PASS_PHRASE = "four random words indeed"


def accept(invitation: Invitation, **given: Any) -> User:
    return accept_invitation(
        **({"invitation": invitation, "name": "New Person", "password": PASS_PHRASE, "now": NOW} | given)
    )


def test_inviting_queues_a_mail_with_a_placeholder_and_no_token(clinic: Clinic) -> None:
    invitation = make_invitation(clinic, email="New@Clinic.example ")
    message = Message.objects.get(key=f"invitation:{invitation.pk}")
    assert message.to_address == "new@clinic.example"
    assert "{link}" in message.text
    assert "{link}" in message.html
    assert message.link_nonce == invitation.nonce
    assert AuditEvent.objects.get(action="staff.invited").details == {"role": "clinician"}


def test_accepting_makes_an_account_with_that_role(clinic: Clinic) -> None:
    user = accept(make_invitation(clinic, role=Role.REVIEWER))
    assert user.check_password(PASS_PHRASE)
    assert Membership.objects.active().of(clinic).get(user=user).role == Role.REVIEWER
    assert AuditEvent.objects.filter(action="staff.joined", actor_id=user.pk, clinic_id=clinic.pk).exists()


def test_it_works_once(clinic: Clinic) -> None:
    invitation = make_invitation(clinic)
    accept(invitation)
    with pytest.raises(InvitationNotOpen):
        accept(invitation)


def test_it_ends_after_three_days(clinic: Clinic) -> None:
    invitation = make_invitation(clinic)
    with pytest.raises(InvitationNotOpen):
        accept(invitation, now=NOW + VALID_FOR)
    accept(invitation, now=NOW + VALID_FOR - timedelta(seconds=1))


def test_a_withdrawn_one_is_useless_and_its_mail_called_back(clinic: Clinic) -> None:
    invitation = make_invitation(clinic)
    withdraw_invitation(invitation=invitation, by=make_staff(clinic, Role.ADMINISTRATOR), now=NOW)
    with pytest.raises(InvitationNotOpen):
        accept(invitation)
    assert Message.objects.get(key=f"invitation:{invitation.pk}").state == Message.State.CANCELLED


def test_a_used_one_cannot_be_withdrawn(clinic: Clinic) -> None:
    invitation = make_invitation(clinic)
    accept(invitation)
    with pytest.raises(InvitationNotOpen):
        withdraw_invitation(invitation=invitation, by=make_staff(clinic, Role.ADMINISTRATOR), now=NOW)


def test_a_newer_one_replaces_the_older(clinic: Clinic) -> None:
    older, newer = make_invitation(clinic), make_invitation(clinic)
    with pytest.raises(InvitationNotOpen):
        accept(older)
    accept(newer)


def test_who_has_the_role_is_not_invited_again(clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    with pytest.raises(AlreadyOnStaff):
        make_invitation(clinic, email=person.email)


def test_an_address_with_an_account_must_sign_in(clinic: Clinic) -> None:
    person = make_staff(make_clinic(), Role.CLINICIAN)
    invitation = make_invitation(clinic, email=person.email)
    with pytest.raises(AddressTaken):
        accept(invitation)
    join_clinic(invitation=invitation, user=person, now=NOW)
    assert Membership.objects.active().of(clinic).filter(user=person).exists()


def test_a_refused_acceptance_leaves_the_invitation_open(clinic: Clinic) -> None:
    invitation = make_invitation(clinic, email=make_staff(make_clinic(), Role.CLINICIAN).email)
    with pytest.raises(AddressTaken):
        accept(invitation)
    assert Invitation.objects.open(NOW).filter(pk=invitation.pk).exists()


def test_nobody_joins_on_anothers_invitation(clinic: Clinic) -> None:
    with pytest.raises(WrongPerson):
        join_clinic(
            invitation=make_invitation(clinic), user=make_staff(make_clinic(), Role.CLINICIAN), now=NOW
        )


def test_somebody_who_left_comes_back_with_a_new_password(clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    end_membership(membership=person.memberships.get(), by=make_staff(clinic, Role.ADMINISTRATOR), now=NOW)
    back = accept(make_invitation(clinic, email=person.email))
    assert back.pk == person.pk
    assert back.is_active
    assert back.check_password(PASS_PHRASE)


def test_nothing_happens_without_its_audit(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    invitation = make_invitation(clinic)

    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("careplans.accounts.invitations.record_change", fail)
    with pytest.raises(RuntimeError):
        accept(invitation)
    assert Invitation.objects.open(NOW).filter(pk=invitation.pk).exists()
    assert not User.objects.filter(email=invitation.email).exists()


class TestFirstAdministrator:
    def test_a_new_installation_gets_an_empty_clinic_and_a_link(self) -> None:
        link = invite_first_administrator(now=NOW)
        assert link is not None
        assert "/invitation/" in link
        assert Clinic.objects.count() == 1

    def test_a_second_start_gives_a_fresh_link_and_kills_the_first(self) -> None:
        invite_first_administrator(now=NOW)
        first = Invitation.objects.get()
        invite_first_administrator(now=NOW)
        assert Clinic.objects.count() == 1
        with pytest.raises(InvitationNotOpen):
            accept(first, email="me@clinic.example")

    def test_once_there_is_an_administrator_there_is_no_link(self) -> None:
        invite_first_administrator(now=NOW)
        user = accept(Invitation.objects.get(), email="Me@clinic.example")
        assert user.email == "me@clinic.example"
        assert invite_first_administrator(now=NOW) is None

    def test_the_demo_clinics_administrator_does_not_count(self) -> None:
        make_staff(make_clinic(is_demo=True), Role.ADMINISTRATOR)
        assert invite_first_administrator(now=NOW) is not None
        assert Clinic.objects.real().count() == 1


def test_the_role_may_differ_for_somebody_known(clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    by = make_staff(clinic, Role.ADMINISTRATOR)
    invitation = invite_staff(clinic=clinic, email=person.email, name="", role=Role.EDITOR, by=by, now=NOW)
    join_clinic(invitation=invitation, user=person, now=NOW)
    assert {one.role for one in Membership.objects.active().filter(user=person)} == {"clinician", "editor"}
