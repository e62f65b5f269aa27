"""A second clinic in one installation."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from careplans.accounts.invitations import accept_invitation, join_clinic
from careplans.accounts.models import Clinic, Invitation, Membership
from careplans.accounts.permissions import Role
from careplans.accounts.refusals import HasAdministrator
from careplans.accounts.services import invite_administrator_of, open_clinic
from careplans.audit.models import AuditEvent
from careplans.audit.record import SYSTEM
from careplans.library.selectors import approved_templates
from tests.factories import NOW, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _real(settings: Any) -> None:
    settings.DEMO = False


def add_clinic(*words: str) -> str:
    out = io.StringIO()
    call_command("add_clinic", *words, stdout=out)
    return out.getvalue()


def test_it_has_its_library_and_a_link_and_leaves_the_first_alone(clinic: Clinic) -> None:
    said = add_clinic(" North Clinic ")

    added = Clinic.objects.exclude(pk=clinic.pk).get()
    assert (added.name, added.is_demo) == ("North Clinic", False)
    assert "/invitation/" in said
    assert approved_templates(added).exists()
    assert not approved_templates(clinic).exists()
    events = AuditEvent.objects.filter(clinic_id=added.pk, action__in=["clinic.created", "staff.invited"])
    assert {event.actor_label for event in events} == {SYSTEM.actor_label}
    assert events.count() == 2


def test_run_again_it_prints_a_new_link_until_there_is_an_administrator() -> None:
    first, second = add_clinic("North Clinic"), add_clinic("North Clinic")

    assert first != second
    assert Clinic.objects.count() == 1
    invitation = Invitation.objects.open(timezone.now()).get()
    accept_invitation(
        invitation=invitation,
        name="N",
        password="a long enough phrase",
        now=timezone.now(),
        email="n@c.example",
    )
    with pytest.raises(CommandError, match="has an administrator already"):
        add_clinic("North Clinic")


def test_somebody_of_the_first_clinic_can_run_the_second(clinic: Clinic) -> None:
    person = make_staff(clinic, Role.ADMINISTRATOR)
    north = open_clinic(name="North", by=SYSTEM, now=NOW)
    invite_administrator_of(clinic=north, now=NOW, email=person.email.upper())
    join_clinic(invitation=north.invitations.get(), user=person, now=NOW)
    assert Membership.objects.active().of(north).get().user == person
    with pytest.raises(HasAdministrator):
        invite_administrator_of(clinic=north, now=NOW)


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(CommandError, match="name"):
        add_clinic(name)
    assert not Clinic.objects.exists()


def test_the_demo_stays_alone(settings: Any) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match="DEMO=0"):
        add_clinic("North Clinic")
    assert not Clinic.objects.exists()


def test_nothing_is_left_of_one_whose_library_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("careplans.running.management.commands.add_clinic.load_starter", fail)
    with pytest.raises(RuntimeError):
        add_clinic("North Clinic")
    assert not Clinic.objects.exists()


def test_a_clinic_is_not_opened_without_its_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("careplans.accounts.clinics.record_change", fail)
    with pytest.raises(RuntimeError):
        open_clinic(name="North", by=SYSTEM, now=NOW)
    assert not Clinic.objects.exists()
