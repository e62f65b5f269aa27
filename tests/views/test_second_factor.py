"""Outside the demo a password alone opens nothing, by no door."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from careplans.accounts.middleware import SET_UP_PAGES, SIGN_IN_PAGES
from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from tests.factories import PASSWORD, make_staff
from tests.make.accounts import code_of, give_second_factor, sign_in, signed_in_with_second_factor
from tests.make.routes import every_route, is_public

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def device(clinician: User) -> Client:
    client = Client()
    client.force_login(clinician)
    return client


def test_a_password_alone_opens_only_the_pages_to_set_one_up(clinic: Clinic) -> None:
    everything = make_staff(clinic, *Role)
    client = Client()
    client.force_login(everything)
    for route in every_route():
        if is_public(route) or route.name in SET_UP_PAGES | SIGN_IN_PAGES:
            continue
        for method in ("get", "post"):
            response = getattr(client, method)(route.any_path)
            assert (response.status_code, response.url) == (302, reverse("mfa_index")), (route.name, method)


def test_a_session_from_before_the_set_up_is_ended(clinician: User, device: Client) -> None:
    give_second_factor(clinician)
    for name in ("account", "mfa_index", "mfa_add_webauthn"):
        device.force_login(clinician)
        assert device.get(reverse(name)).url == reverse("account_login"), name
    assert "second factor" in device.get(reverse("account_login")).content.decode()


@pytest.mark.django_db(transaction=True)  # the session is told only once the factor is stored
def test_setting_up_an_app_opens_the_doors(clinic: Clinic, client: Client) -> None:
    person = make_staff(clinic, Role.CLINICIAN)
    sign_in(client, person)
    set_up = reverse("mfa_activate_totp")
    again = client.get(set_up)
    assert again.url.startswith(reverse("account_reauthenticate"))
    client.post(again.url, {"password": PASSWORD, "next": set_up})
    secret = re.search(r"<code[^>]*>(\w+)</code>", client.get(set_up).content.decode())
    assert secret is not None
    done = client.post(set_up, {"code": code_of(secret[1])})
    codes = client.get(done.url)
    assert done.url == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<code[^>]*>\d{8}</code>", codes.content.decode())) == 10
    assert client.get(reverse("account")).status_code == 200
    assert AuditEvent.objects.filter(action="staff.second_factor_added", actor_id=person.pk).exists()


def test_recovery_codes_are_shown_once(clinician: User) -> None:
    give_second_factor(clinician)
    client = signed_in_with_second_factor(clinician)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.post(reverse("mfa_generate_recovery_codes"), follow=True).content.decode()
    assert re.search(r"<code[^>]*>\d{8}</code>", page)
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not re.search(r"\b\d{8}\b", again)


def test_password_then_code(client: Client, clinician: User) -> None:
    secret = give_second_factor(clinician)
    assert sign_in(client, clinician).url == reverse("mfa_authenticate")
    assert client.get(reverse("account")).url.startswith(reverse("account_login"))
    before = client.session.session_key
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert client.session.session_key != before
    assert client.get(reverse("account")).status_code == 200


def test_a_code_works_once(clinician: User) -> None:
    code = code_of(give_second_factor(clinician))
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, clinician)
        client.post(reverse("mfa_authenticate"), {"code": code})
    assert first.get(reverse("account")).status_code == 200
    assert second.get(reverse("account")).status_code == 302


def test_a_wrong_code_says_what_to_do(client: Client, clinician: User) -> None:
    give_second_factor(clinician)
    sign_in(client, clinician)
    words = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "type the one shown now" in words


def test_guessing_codes_is_slowed_down(client: Client, clinician: User) -> None:
    secret = give_second_factor(clinician)
    sign_in(client, clinician)
    for guess in range(8):
        response = client.post(reverse("mfa_authenticate"), {"code": f"00000{guess}"})
    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert response.status_code == 200
    assert "Too many tries" in response.content.decode()
    assert AuditEvent.objects.filter(action="staff.second_factor_failed").exists()


def test_a_new_password_does_not_skip_it(client: Client, clinician: User) -> None:
    give_second_factor(clinician)
    clinician.set_password("four random words indeed")
    clinician.save()
    assert sign_in(client, clinician, "four random words indeed").url == reverse("mfa_authenticate")


def test_the_only_one_cannot_be_removed(clinician: User) -> None:
    give_second_factor(clinician)
    client = signed_in_with_second_factor(clinician)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=clinician).exists()


def test_nor_can_the_only_key(clinician: User) -> None:
    key = Authenticator.objects.create(user=clinician, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    client = signed_in_with_second_factor(clinician)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_anothers_key_is_not_found(clinic: Clinic, clinician: User) -> None:
    other = make_staff(clinic, Role.CLINICIAN)
    key = Authenticator.objects.create(user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    client = signed_in_with_second_factor(clinician)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.post(reverse(name, args=[key.pk])).status_code == 404


def test_changing_it_asks_for_the_password_again(clinician: User) -> None:
    give_second_factor(clinician)
    client = signed_in_with_second_factor(clinician)
    assert client.get(reverse("mfa_generate_recovery_codes")).url.startswith(
        reverse("account_reauthenticate")
    )


def test_secrets_are_sealed_in_the_database(clinician: User) -> None:
    secret = give_second_factor(clinician)
    stored = Authenticator.objects.get(user=clinician)
    assert secret not in str(stored.data)
    assert stored.wrap().validate_code(code_of(secret))


def test_an_older_secret_key_still_opens_them(clinician: User, settings: Any) -> None:
    secret = give_second_factor(clinician)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key" * 8, [settings.SECRET_KEY]
    assert Authenticator.objects.get(user=clinician).wrap().validate_code(code_of(secret))


def test_with_a_second_factor_shown_no_query_is_spent_on_it(
    clinician: User, django_assert_num_queries: Any
) -> None:
    client = signed_in_with_second_factor(clinician)
    client.get(reverse("start"))
    with django_assert_num_queries(3):
        client.get(reverse("start"))


def test_the_code_is_that_of_this_half_minute(clinician: User) -> None:
    """The maker above follows RFC 6238; without that the tests of this file would prove nothing."""
    assert code_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").isdigit()
    assert int(time.time()) > 0
