"""Signing in and out, forgotten passwords: what a stranger can learn, and what stays behind."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.accounts.sign_in_forms import ASKING_TAKES_SECONDS
from careplans.audit.models import AuditEvent
from careplans.outbox.models import Message
from tests.factories import PASSWORD, make_staff
from tests.make.accounts import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings: Any) -> list[Any]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mail.outbox


def test_a_clinician_lands_on_the_worklist(client: Client, clinician: User) -> None:
    response = sign_in(client, clinician)
    assert response.url == reverse("start")
    assert client.get(response.url).url == reverse("worklist")
    assert AuditEvent.objects.filter(action="staff.signed_in", actor_id=clinician.pk).exists()


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.FRONT_DESK, "worklist"),
        (Role.EDITOR, "library"),
        (Role.REVIEWER, "library"),
        (Role.ADMINISTRATOR, "staff-list"),
    ],
)
def test_each_role_starts_where_its_work_is(client_of: Any, role: Role, page: str) -> None:
    assert client_of(role).get(reverse("start")).url == reverse(page)


def test_the_address_counts_whatever_its_case(client: Client, clinician: User) -> None:
    clinician.email = clinician.email.upper()
    assert sign_in(client, clinician).status_code == 302


def test_known_and_unknown_people_read_the_same(client: Client, clinician: User) -> None:
    def page_of(login: str) -> tuple[int, str]:
        response = client.post(reverse("account_login"), {"login": login, "password": "wrong wrong wrong"})
        body = response.content.decode().replace(login, "LOGIN")
        return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="\w+"', "", body)

    assert page_of(clinician.email) == page_of("nobody@clinic.example")


def test_a_failed_sign_in_is_noted_without_what_was_typed(
    client: Client, clinician: User, caplog: Any
) -> None:
    client.post(reverse("account_login"), {"login": clinician.email, "password": "secret-typed-here"})
    client.post(reverse("account_login"), {"login": "my-password@typed.here", "password": "x"})
    assert AuditEvent.objects.filter(action="staff.sign_in_failed", subject_id=str(clinician.pk)).exists()
    assert f"sign-in failed user={clinician.pk}" in caplog.text
    assert "sign-in failed user=unknown" in caplog.text
    assert "typed" not in caplog.text


def test_guessing_is_slowed_down(client: Client, clinician: User) -> None:
    for _try in range(5):
        sign_in(client, clinician, "wrong wrong wrong")
    response = sign_in(client, clinician)
    assert response.status_code == 200
    assert "Too many tries" in response.content.decode()


def test_guessing_at_one_account_leaves_the_others_alone(
    client: Client, clinic: Clinic, clinician: User
) -> None:
    for _try in range(6):
        sign_in(client, clinician, "wrong wrong wrong", REMOTE_ADDR="10.0.0.1")
    other = make_staff(clinic, Role.CLINICIAN)
    assert sign_in(client, other, REMOTE_ADDR="10.0.0.2").status_code == 302


def test_the_session_gets_a_new_key(client: Client, clinician: User) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    sign_in(client, clinician)
    assert client.session.session_key != planted


def test_signing_out_kills_the_session_and_clears_the_browser(client: Client, clinician: User) -> None:
    sign_in(client, clinician)
    stolen = client.cookies["sessionid"].value
    response = client.post(reverse("account_logout"))
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies["sessionid"] = stolen
    assert client.get(reverse("account")).status_code == 302
    assert AuditEvent.objects.filter(action="staff.signed_out", actor_id=clinician.pk).exists()


def test_get_signs_nobody_out(client_of: Any) -> None:
    client = client_of(Role.CLINICIAN)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("account")).status_code == 200


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_leads_nowhere_else(client: Client, clinician: User, where: str) -> None:
    answer = client.post(
        reverse("account_login"), {"login": clinician.email, "password": PASSWORD, "next": where}
    )
    assert answer.url == reverse("start")


def test_a_switched_off_account_does_not_sign_in(client: Client, clinic: Clinic) -> None:
    sign_in(client, make_staff(clinic, Role.CLINICIAN, is_active=False))
    assert client.get(reverse("account")).status_code == 302


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_set_password", "mfa_download_recovery_codes"]
)
def test_pages_nobody_needs_are_not_there(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


class TestForgottenPassword:
    def ask(self, client: Client, email: str, **extra: Any) -> Any:
        return client.post(reverse("account_reset_password"), {"email": email}, **extra)

    def test_known_and_unknown_people_read_the_same(
        self, client: Client, clinician: User, mailbox: list[Any]
    ) -> None:
        known, unknown = self.ask(client, clinician.email), self.ask(client, "nobody@clinic.example")
        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
        assert [one.to for one in mailbox] == [[clinician.email]]

    def test_known_and_unknown_people_wait_as_long(
        self, client: Client, clinician: User, mailbox: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waits: list[float] = []
        monkeypatch.setattr("careplans.accounts.sign_in_forms.time.sleep", waits.append)
        for email in (clinician.email, "nobody@clinic.example"):
            self.ask(client, email)
        assert len(waits) == 2
        assert all(0 < wait < ASKING_TAKES_SECONDS for wait in waits)

    def test_the_link_sets_a_password_once_and_signs_nobody_in(
        self, client: Client, clinician: User, mailbox: list[Any], settings: Any
    ) -> None:
        other_device = Client()
        other_device.force_login(clinician)
        self.ask(client, clinician.email, headers={"host": "localhost"})
        link = re.search(r"http\S+/key/\S+", mailbox[0].body)
        assert link is not None
        assert link[0].startswith(settings.SITE_URL)
        path = link[0].removeprefix(settings.SITE_URL)
        form_page = client.get(path, follow=True)
        new = {"password1": "four random words indeed", "password2": "four random words indeed"}
        done = client.post(form_page.request["PATH_INFO"], new)
        assert done.url == reverse("account_reset_password_from_key_done")
        assert client.get(reverse("account")).status_code == 302
        assert other_device.get(reverse("account")).status_code == 302
        assert "no longer works" in Client().get(path, follow=True).content.decode()
        assert AuditEvent.objects.filter(action="staff.password_reset").exists()

    def test_a_forged_host_is_refused(self, client: Client, clinician: User, mailbox: list[Any]) -> None:
        response = self.ask(client, clinician.email, headers={"host": "evil.example"})
        assert response.status_code == 400
        assert mailbox == []

    def test_asking_is_limited(self, client: Client, clinician: User, mailbox: list[Any]) -> None:
        answers = [self.ask(client, clinician.email).status_code for _try in range(6)]
        assert answers[-1] == 429
        assert len(mailbox) == 5

    def test_the_mail_waits_sealed_in_the_outbox(
        self, client: Client, clinician: User, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "careplans.outbox.backend.OutboxBackend"
        self.ask(client, clinician.email)
        message = Message.objects.get(to_address=clinician.email)
        assert message.clinic is None
        assert "/key/" not in message.text + message.html


def test_changing_the_password_keeps_this_device_and_ends_the_others(client_of: Any, clinic: Clinic) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    here, there = Client(), Client()
    here.force_login(person)
    there.force_login(person)
    new = "four random words indeed"
    here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert here.get(reverse("account")).status_code == 200
    assert there.get(reverse("account")).status_code == 302
    assert AuditEvent.objects.filter(action="staff.password_changed").exists()


def test_the_old_password_is_needed_to_change_it(client_of: Any) -> None:
    new = "four random words indeed"
    given = {"oldpassword": "wrong", "password1": new, "password2": new}
    response = client_of(Role.CLINICIAN).post(reverse("account_change_password"), given)
    assert "not your current password" in response.content.decode()


def test_an_empty_form_says_what_to_write(client: Client) -> None:
    words = client.post(reverse("account_login"), {}).content.decode()
    assert "Write your e-mail address." in words
    assert "Write your password." in words
    assert "This field is required" not in words
