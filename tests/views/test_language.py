"""Staff pages are in one language whatever the browser asks for; a patient's page is in the patient's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from tests.make.checkins import link_of, make_asked, moment_of

SPANISH = {"HTTP_ACCEPT_LANGUAGE": "es-MX,es;q=0.9"}


@pytest.mark.parametrize("address", ["/worklist/", "/patients/", "/library/"])
def test_a_staff_page_stays_english_in_a_spanish_browser(
    client_of: Callable[..., Client], address: str
) -> None:
    page = client_of(Role.CLINICIAN).get(address, **SPANISH).content.decode()

    assert '<html lang="en" dir="ltr"' in page
    assert "Skip to the content" in page


def test_signing_in_stays_english_in_a_spanish_browser(db: None) -> None:
    assert '<html lang="en"' in Client().get("/account/login/", follow=True, **SPANISH).content.decode()


@pytest.mark.parametrize(
    ("language", "direction", "says"),
    [
        ("es", "ltr", "¿Cuánto dolor tiene ahora?"),
        ("tr", "ltr", "Şu anda ağrınız ne kadar şiddetli?"),
        ("ar", "rtl", "ما شدة ألمك الآن؟"),
    ],
)
def test_a_patients_page_is_in_the_language_of_the_plan(
    clinic: Clinic, clinician: User, language: str, direction: str, says: str
) -> None:
    check_in = make_asked(clinic, clinician, language=language)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    with time_machine.travel(moment_of(check_in), tick=False):
        client.get(link_of(check_in))
        client.post("/check-in/confirm/", {"year": "1980"})
        response = client.get("/check-in/")

    page = response.content.decode()
    assert f'<html lang="{language}" dir="{direction}"' in page
    assert response["Content-Language"] == language
    assert says in page
    assert clinic.emergency_number in page


def test_a_patients_language_is_not_left_switched_on(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician, language="ar")
    client = Client()
    with time_machine.travel(moment_of(check_in), tick=False):
        assert client.get(link_of(check_in), follow=True)["Content-Language"] == "ar"

    assert translation.get_language() == "en"


def test_a_dead_link_speaks_the_browsers_language(db: None) -> None:
    response = Client().get("/check-in/", **SPANISH)

    assert response["Content-Language"] == "es"
    assert "Este enlace ya no se puede usar" in response.content.decode()


def test_a_form_that_was_too_old_says_so_in_the_browsers_language(clinic: Clinic, clinician: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/check-in/", {"pain_now": "3"}, **SPANISH)

    assert response.status_code == 403
    assert "Sus respuestas no se enviaron" in response.content.decode()
