"""One browser, two tabs, two clinics: a form is stored where it was opened, or not at all."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.made_for import FIELD, HEADER
from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.sent_form import AGAIN_IN
from patients.models import Patient
from tests.factories import make_clinic, make_staff
from tests.guards.test_staff_forms import Forms

pytestmark = pytest.mark.django_db
REGISTER = "patient-register"
TYPED = {"given_name": 'Ayşe "O\'Hara"', "family_name": "Stone", "note": "one\r\ntwo"}


@pytest.fixture
def north(db: None) -> Clinic:
    return make_clinic(name="North Clinic")


@pytest.fixture
def south(db: None) -> Clinic:
    return make_clinic(name="South Clinic", time_zone="Pacific/Auckland")


@pytest.fixture
def person(north: Clinic, south: Clinic) -> User:
    person = make_staff(north, Role.FRONT_DESK)
    Membership.objects.create(user=person, clinic=south, role=Role.FRONT_DESK)
    return person


@pytest.fixture
def device(person: User, south: Clinic) -> Client:
    """Signed in, at work in the north."""
    client = Client()
    client.force_login(person)
    return client


def work_in(client: Client, clinic: Clinic) -> None:
    assert client.post(reverse("clinic-switch"), {"clinic": str(clinic.pk)}).status_code == 302


def fields_of(client: Client, path: str) -> dict[str, str]:
    """What the page's own form would send, as the browser fills it in."""
    form = form_with("given_name", client.get(path).content.decode())
    return {name: value for name, value in form.items() if name}


def form_with(name: str, page: str) -> dict[str, str]:
    form = next(form for form in Forms(page).found if name in form)
    return {name: value or "" for name, value in form.items()}


def sent_as_on(page: str) -> dict[str, list[str]]:
    """All values of the form that sends again, as a browser puts them together: a name may stand twice."""
    part = page[page.index(AGAIN_IN) - 600 :]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden"\s+name="([^"]*)"\s+value="([^"]*)">', part[: part.index("</form>")]
    ):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def whole(**more: str) -> dict[str, str]:
    given = {
        "given_name": "Ayşe",
        "family_name": "Stone",
        "birth_date": date(1970, 5, 1).isoformat(),
        "language": "en",
        "record_number": "N-1",
        "time_zone": "Europe/London",
    }
    return given | more


def test_the_form_of_the_north_is_not_stored_in_the_south(device: Client, south: Clinic) -> None:
    form = fields_of(device, reverse(REGISTER))
    work_in(device, south)

    response = device.post(reverse(REGISTER), form | whole(family_name="O'Hara & <b>Sons</b>"))

    page = response.content.decode()
    assert response.status_code == 409
    assert Patient.objects.count() == 0
    assert "You opened this form in North Clinic" in page
    assert "O&#x27;Hara &amp; &lt;b&gt;Sons&lt;/b&gt;" in page


def test_one_press_sends_it_where_it_belongs(
    device: Client, north: Clinic, south: Clinic, person: User
) -> None:
    form = fields_of(device, reverse(REGISTER))
    work_in(device, south)
    refused = device.post(reverse(REGISTER), form | whole())
    again = form_with(AGAIN_IN, refused.content.decode())

    response = device.post(again.pop(""), again)

    assert response.status_code == 302, response.content.decode()
    assert Patient.objects.get().clinic == north
    assert "North Clinic" in device.get(reverse("patient-list")).content.decode()


def test_pressed_twice_it_is_stored_once(device: Client, south: Clinic) -> None:
    form = fields_of(device, reverse(REGISTER))
    work_in(device, south)
    sent = form | whole(given_name="Zoë")
    for _press in range(2):
        work_in(device, south)
        again = sent_as_on(device.post(reverse(REGISTER), sent).content.decode())
        assert device.post(reverse(REGISTER), again).status_code == 302
    assert Patient.objects.count() == 1


def test_what_was_typed_comes_back_to_the_letter(device: Client, south: Clinic) -> None:
    form = fields_of(device, reverse(REGISTER))
    work_in(device, south)
    refused = device.post(reverse(REGISTER), form | TYPED)
    again = form_with(AGAIN_IN, refused.content.decode())
    assert {name: again[name] for name in TYPED} == TYPED


def test_a_clinic_that_was_left_gets_nothing(
    device: Client, north: Clinic, south: Clinic, person: User
) -> None:
    form = fields_of(device, reverse(REGISTER))
    Membership.objects.filter(user=person, clinic=north).update(ended_at="2026-01-01T00:00Z")

    response = device.post(reverse(REGISTER), form | whole())

    assert response.status_code == 409
    assert "Stone" in response.content.decode()
    assert AGAIN_IN not in response.content.decode()
    again = form | whole() | {AGAIN_IN: str(north.pk)}
    assert device.post(reverse(REGISTER), again).status_code == 409
    assert Patient.objects.count() == 0


def test_nobody_gets_into_a_clinic_by_sending_again(device: Client, other_clinic: Clinic) -> None:
    response = device.post(reverse(REGISTER), whole() | {AGAIN_IN: str(other_clinic.pk)})
    assert response.status_code == 409
    assert Patient.objects.count() == 0


def test_a_part_of_the_page_says_it_there(device: Client, north: Clinic, south: Clinic, person: User) -> None:
    work_in(device, south)
    headers = {"HX-Request": "true", HEADER: f"{north.pk}.{person.pk}"}

    response = device.get(reverse("worklist"), headers=headers)

    assert response.status_code == 409
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "this page is of North Clinic, and you work in South Clinic" in response.content.decode()


def test_a_form_opened_by_somebody_else_is_not_given_back(
    device: Client, south: Clinic, north: Clinic
) -> None:
    other = make_staff(north, Role.FRONT_DESK)
    response = device.post(reverse(REGISTER), whole() | {FIELD: f"{north.pk}.{other.pk}"})
    assert response.status_code == 409
    assert "Stone" not in response.content.decode()


def test_in_one_clinic_alone_nothing_is_noticed(client_of: Any) -> None:
    client = client_of(Role.FRONT_DESK)
    form = fields_of(client, reverse(REGISTER))
    assert client.post(reverse(REGISTER), form | whole()).status_code == 302
    assert client.post(reverse(REGISTER), whole(record_number="N-2", given_name="Zoë")).status_code != 409


def test_pages_about_the_person_alone_are_taken_from_anywhere(
    device: Client, north: Clinic, south: Clinic
) -> None:
    work_in(device, south)
    work_in(device, north)
    assert device.post(reverse("account_logout"), {FIELD: f"{south.pk}.x"}).status_code == 302
