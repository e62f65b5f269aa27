"""What was typed before the session ended comes back to whoever typed it, and to nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from careplans.accounts.kept_forms import KEPT_FOR, MOST_CHARACTERS
from careplans.accounts.made_for import FIELD
from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.sessions import forget_ended_sessions
from careplans.accounts.tasks import forget
from patients.models import Patient
from tests.factories import NOW, make_clinic, make_staff
from tests.guards.test_staff_forms import Forms
from tests.make.accounts import sign_in

pytestmark = pytest.mark.django_db
REGISTER, AGAIN = "patient-register", "sent-again"
PART = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
LUNCH = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _real_limits(settings: Any) -> None:
    settings.IDLE_TIME_OUT = timedelta(minutes=15)
    settings.SESSION_LIFE = timedelta(hours=8)


@pytest.fixture
def person(clinic: Clinic) -> User:
    return make_staff(clinic, Role.FRONT_DESK)


@pytest.fixture
def device(person: User) -> Client:
    client = Client()
    with time_machine.travel(NOW, tick=False):
        sign_in(client, person)
        client.get(reverse("account"))
    return client


@pytest.fixture
def typed(device: Client, clinic: Clinic, person: User) -> dict[str, str]:
    return {
        FIELD: f"{clinic.pk}.{person.pk}",
        "given_name": "Ayşe",
        "family_name": 'O\'Hara "Stone"',
        "birth_date": date(1970, 5, 1).isoformat(),
        "language": "en",
        "record_number": "N-1",
        "time_zone": "Europe/London",
    }


def send_late(device: Client, typed: dict[str, str], **more: Any) -> Any:
    with time_machine.travel(NOW + LUNCH, tick=False):
        return device.post(reverse(REGISTER), typed, **more)


def again_of(page: str) -> tuple[str, dict[str, str]]:
    form = next(form for form in Forms(page).found if "again_in_clinic" in form)
    return str(form.pop("")), {name: value or "" for name, value in form.items()}


def test_it_leads_over_the_sign_in_page_and_comes_back(
    device: Client, person: User, typed: dict[str, str]
) -> None:
    late = send_late(device, typed)
    assert late.url == f"{reverse('account_login')}?next=/account/sent-again/"
    with time_machine.travel(NOW + LUNCH, tick=False):
        assert "is kept for 20 minutes" in device.get(late.url).content.decode()
        assert sign_in(device, person).url == reverse(AGAIN)
        page = device.get(reverse(AGAIN)).content.decode()
        assert "O&#x27;Hara &quot;Stone&quot;" in page
        assert Patient.objects.count() == 0

        path, form = again_of(page)
        response = device.post(path, form)

        assert response.status_code == 302, response.content.decode()
        assert Patient.objects.get().full_name == 'Ayşe O\'Hara "Stone"'
        assert device.get(reverse(AGAIN)).url == reverse("start")


def test_what_is_wrong_in_it_is_told_beside_its_field(
    device: Client, person: User, typed: dict[str, str]
) -> None:
    send_late(device, typed | {"birth_date": "yesterday"})
    with time_machine.travel(NOW + LUNCH, tick=False):
        sign_in(device, person)
        path, form = again_of(device.get(reverse(AGAIN)).content.decode())
        page = device.post(path, form).content.decode()
    assert "field-invalid" in page
    assert "Ayşe" in page


def test_a_tab_that_asks_by_itself_ends_the_session_and_the_form_is_kept_all_the_same(
    device: Client, person: User, typed: dict[str, str]
) -> None:
    with time_machine.travel(NOW + LUNCH, tick=False):
        device.get(reverse("worklist"), headers=PART | {"X-Unattended": "yes"})
    send_late(device, typed)
    with time_machine.travel(NOW + LUNCH, tick=False):
        assert sign_in(device, person).url == reverse(AGAIN)


def test_a_part_of_a_page_leads_to_sign_in_as_a_whole(device: Client, typed: dict[str, str]) -> None:
    response = send_late(device, typed, headers=PART)
    assert response.status_code == 204
    assert response.headers["HX-Redirect"].endswith("?next=/account/sent-again/")


def test_somebody_else_at_the_same_browser_sees_nothing(
    device: Client, clinic: Clinic, person: User, typed: dict[str, str]
) -> None:
    send_late(device, typed)
    other = make_staff(clinic, Role.FRONT_DESK)
    with time_machine.travel(NOW + LUNCH, tick=False):
        assert sign_in(device, other).url != reverse(AGAIN)
        assert device.get(reverse(AGAIN)).url == reverse("start")
        assert "kept_forms" not in device.session


def test_it_is_gone_after_twenty_minutes(device: Client, person: User, typed: dict[str, str]) -> None:
    send_late(device, typed)
    with time_machine.travel(NOW + LUNCH + KEPT_FOR + timedelta(seconds=2), tick=False):
        sign_in(device, person)
        assert device.get(reverse(AGAIN)).url == reverse("start")


def test_what_is_kept_cannot_be_read_in_the_database(device: Client, typed: dict[str, str]) -> None:
    send_late(device, typed)
    stored = [row.get_decoded() for row in Session.objects.all()]
    assert any("kept_forms" in row for row in stored)
    assert "Ayşe" not in str(stored)
    assert "1970" not in str(stored)


def test_a_form_without_its_token_is_not_kept(device: Client, typed: dict[str, str]) -> None:
    device.handler.enforce_csrf_checks = True
    assert send_late(device, typed).status_code == 403
    assert "kept_forms" not in device.session


def test_a_book_is_not_kept(device: Client, typed: dict[str, str]) -> None:
    response = send_late(device, typed | {"family_name": "x" * MOST_CHARACTERS})
    assert response.url == f"{reverse('account_login')}?next={reverse(REGISTER)}"


def test_signing_out_on_purpose_keeps_nothing(device: Client, typed: dict[str, str]) -> None:
    device.post(reverse("account_logout"))
    send_late(device, typed)
    assert "kept_forms" not in device.session


def test_passwords_are_never_kept(device: Client, person: User, typed: dict[str, str]) -> None:
    with time_machine.travel(NOW + LUNCH, tick=False):
        device.post(reverse("account_change_password"), typed | {"oldpassword": "x", "password1": "y"})
    assert "kept_forms" not in device.session


def test_it_may_be_let_go(device: Client, person: User, typed: dict[str, str]) -> None:
    send_late(device, typed)
    with time_machine.travel(NOW + LUNCH, tick=False):
        sign_in(device, person)
        _path, form = again_of(device.get(reverse(AGAIN)).content.decode())
        device.post(reverse(AGAIN), {"kept_form": form["kept_form"]})
        assert device.get(reverse(AGAIN)).url == reverse("start")
    assert Patient.objects.count() == 0


def test_it_goes_into_the_clinic_it_was_typed_in(
    device: Client, clinic: Clinic, person: User, typed: dict[str, str]
) -> None:
    first = make_clinic(name="A clinic that comes first")
    Membership.objects.create(user=person, clinic=first, role=Role.FRONT_DESK)
    send_late(device, typed)
    with time_machine.travel(NOW + LUNCH, tick=False):
        sign_in(device, person)
        path, form = again_of(device.get(reverse(AGAIN)).content.decode())
        assert device.post(path, form).status_code == 302
    assert Patient.objects.get().clinic == clinic


def test_what_nobody_came_back_for_goes_with_its_session(device: Client, typed: dict[str, str]) -> None:
    send_late(device, typed)
    forget_ended_sessions(now=NOW + LUNCH)
    assert Session.objects.count() == 1
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        forget()
    assert Session.objects.count() == 0


class TestSignedInAgainInAnotherTab:
    """The form still has the token of the former sign-in."""

    @pytest.fixture
    def anew(self, person: User) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(person)
        return client

    def test_it_is_given_back(self, anew: Client, typed: dict[str, str]) -> None:
        origin = {"Origin": "http://testserver"}
        assert anew.post(reverse(REGISTER), typed, headers=origin).url == reverse(AGAIN)
        assert "Ayşe" in anew.get(reverse(AGAIN)).content.decode()
        part = anew.post(reverse(REGISTER), typed, headers=origin | PART)
        assert part.headers["HX-Redirect"] == reverse(AGAIN)

    @pytest.mark.parametrize("origin", [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}])
    def test_nobody_elses_words_are_offered_to_be_sent(
        self, anew: Client, typed: dict[str, str], origin: dict[str, str]
    ) -> None:
        assert anew.post(reverse(REGISTER), typed, headers=origin).status_code == 403
        assert "kept_forms" not in anew.session

    def test_nor_those_of_who_sat_here_before(
        self, anew: Client, clinic: Clinic, typed: dict[str, str]
    ) -> None:
        other = {FIELD: f"{clinic.pk}.{make_staff(clinic, Role.FRONT_DESK).pk}"}
        response = anew.post(reverse(REGISTER), typed | other, headers={"Origin": "http://testserver"})
        assert response.status_code == 403


class TestTheClock:
    def test_asking_counts_as_nobodys_presence(self, device: Client) -> None:
        for minutes in (5, 10):
            with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
                answer = device.get(reverse("session-left"), headers={"X-Unattended": "yes"}).json()
            assert answer == {"seconds": (15 - minutes) * 60, "can_stay": True}

    def test_staying_puts_the_end_off(self, device: Client) -> None:
        with time_machine.travel(NOW + timedelta(minutes=14), tick=False):
            assert device.post(reverse("session-stay")).status_code == 204
        with time_machine.travel(NOW + timedelta(minutes=28), tick=False):
            assert device.get(reverse("account")).status_code == 200

    def test_the_longest_life_cannot_be_put_off(self, device: Client) -> None:
        for minutes in range(10, 480, 10):
            with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
                device.get(reverse("account"))
        with time_machine.travel(NOW + timedelta(minutes=479), tick=False):
            answer = device.get(reverse("session-left"), headers={"X-Unattended": "yes"}).json()
        assert answer == {"seconds": 60, "can_stay": False}

    def test_every_page_of_staff_brings_it(self, client_of: Any) -> None:
        pages = [
            client_of(Role.FRONT_DESK).get(reverse("patient-register")),
            client_of(Role.EDITOR).get(reverse("library")),
        ]
        for page in pages:
            assert 'data-first="780"' in page.content.decode()
            assert "js/session.js" in page.content.decode()
            assert "signed out after 15 minutes" in page.content.decode()
