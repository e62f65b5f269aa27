"""What the invited person does with the link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from careplans.accounts.models import Clinic, Invitation, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.services import invite_first_administrator, withdraw_invitation
from tests.factories import make_clinic, make_staff
from tests.make.accounts import link_path, make_invitation, sign_in

pytestmark = pytest.mark.django_db
PASS_PHRASE = "four random words indeed"
GIVEN = {"name": "New Person", "password": PASS_PHRASE, "password_again": PASS_PHRASE}


@pytest.fixture
def invitation(clinic: Clinic) -> Invitation:
    return make_invitation(clinic, now=timezone.now())


def open_link(client: Client, invitation: Invitation) -> Any:
    return client.get(link_path(invitation), follow=True)


def test_the_token_leaves_the_address_at_once(client: Client, invitation: Invitation) -> None:
    response = client.get(link_path(invitation))
    assert response.url == reverse("invitation-accept")


def test_a_scanner_that_opens_the_link_uses_nothing_up(client: Client, invitation: Invitation) -> None:
    open_link(Client(), invitation)
    Client().head(link_path(invitation))
    open_link(client, invitation)
    assert client.post(reverse("invitation-accept"), GIVEN).url == reverse("start")


def test_accepting_signs_in(client: Client, invitation: Invitation) -> None:
    open_link(client, invitation)
    before = client.session.session_key
    client.post(reverse("invitation-accept"), GIVEN)
    assert client.get(reverse("start")).url == reverse("worklist")
    assert client.session.session_key != before


def test_accepting_leads_to_the_second_factor(client: Client, invitation: Invitation, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    open_link(client, invitation)
    client.post(reverse("invitation-accept"), GIVEN)
    assert client.get(reverse("start")).url == reverse("mfa_index")


def spoil(invitation: Invitation, how: str) -> str:
    now = timezone.now()
    if how == "unknown":
        return reverse("invitation-open", args=["A" * 32])
    if how == "expired":
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=now - timedelta(seconds=1))
    if how == "used":
        Invitation.objects.filter(pk=invitation.pk).update(accepted_at=now)
    if how == "withdrawn":
        withdraw_invitation(
            invitation=invitation, by=make_staff(invitation.clinic, Role.ADMINISTRATOR), now=now
        )
    return link_path(invitation)


def test_all_dead_links_look_the_same(clinic: Clinic) -> None:
    pages = set()
    for how in ("unknown", "expired", "used", "withdrawn"):
        path = spoil(make_invitation(clinic, now=timezone.now()), how)
        response = Client().get(path, follow=True)
        pages.add((response.status_code, response.content, tuple(response.redirect_chain)))
    assert len(pages) == 1
    assert pages.pop()[0] == 410


def test_one_that_dies_while_the_form_is_open_lets_nobody_in(client: Client, invitation: Invitation) -> None:
    open_link(client, invitation)
    spoil(invitation, "withdrawn")
    assert client.post(reverse("invitation-accept"), GIVEN).status_code == 410
    assert not User.objects.filter(email=invitation.email).exists()


def test_without_a_link_there_is_nothing(client: Client) -> None:
    assert client.get(reverse("invitation-accept")).status_code == 410
    assert client.post(reverse("invitation-accept"), GIVEN).status_code == 410


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short", "password_again": "short"},
        {"password": "careplans2026!", "password_again": "careplans2026!"},
        {"password_again": "something else here"},
        {"name": ""},
    ],
)
def test_a_poor_password_is_refused_and_the_name_kept(
    client: Client, invitation: Invitation, wrong: dict[str, str]
) -> None:
    open_link(client, invitation)
    response = client.post(reverse("invitation-accept"), GIVEN | wrong)
    assert response.status_code == 200
    assert not User.objects.filter(email=invitation.email).exists()
    if "name" not in wrong:
        assert 'value="New Person"' in response.content.decode()


def test_what_was_invited_cannot_be_changed_by_the_form(client: Client, invitation: Invitation) -> None:
    open_link(client, invitation)
    client.post(reverse("invitation-accept"), GIVEN | {"email": "evil@x.example", "role": "administrator"})
    membership = Membership.objects.get(user__email=invitation.email)
    assert membership.role == Role.CLINICIAN


class TestSomebodyWithAnAccount:
    @pytest.fixture
    def person(self) -> User:
        return make_staff(make_clinic(), Role.CLINICIAN)

    @pytest.fixture
    def invitation(self, clinic: Clinic, person: User) -> Invitation:
        return make_invitation(clinic, email=person.email, now=timezone.now())

    def test_they_sign_in_and_accept(
        self, client: Client, clinic: Clinic, person: User, invitation: Invitation
    ) -> None:
        assert "Sign in to accept" in open_link(client, invitation).content.decode()
        assert "password_again" not in open_link(client, invitation).content.decode()
        sign_in(client, person)
        assert "Accept" in client.get(reverse("invitation-accept")).content.decode()
        client.post(reverse("invitation-accept"))
        assert Membership.objects.active().of(clinic).filter(user=person).exists()

    def test_the_form_for_newcomers_does_not_take_over_the_account(
        self, client: Client, clinic: Clinic, person: User, invitation: Invitation
    ) -> None:
        open_link(client, invitation)
        client.post(reverse("invitation-accept"), GIVEN)
        person.refresh_from_db()
        assert not person.check_password(PASS_PHRASE)
        assert not Membership.objects.of(clinic).filter(user=person).exists()

    def test_somebody_else_who_is_signed_in_cannot(
        self, client: Client, clinic: Clinic, invitation: Invitation
    ) -> None:
        other = make_staff(make_clinic(), Role.EDITOR)
        client.force_login(other)
        assert "another address" in open_link(client, invitation).content.decode()
        client.post(reverse("invitation-accept"))
        assert not Membership.objects.of(clinic).filter(user=other).exists()


def test_the_first_administrator_names_their_own_address(client: Client) -> None:
    invite_first_administrator(now=timezone.now())
    open_link(client, Invitation.objects.get())
    client.post(reverse("invitation-accept"), GIVEN | {"email": "Boss@clinic.example"})
    assert Membership.objects.get(user__email="boss@clinic.example").role == Role.ADMINISTRATOR
    assert client.get(reverse("clinic-settings")).status_code == 200
