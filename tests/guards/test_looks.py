"""Each page that shows one patient's data notes who opened it: read from the registry, so that no new page is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from tests.factories import NOW, make_staff
from tests.make.matrix import OBJECTS, World
from tests.make.routes import every_route

pytestmark = pytest.mark.django_db
# About staff, invitations or content: no patient is in it.
NOBODYS = {
    "staff-roles",
    "staff-languages",
    "staff-second-factor",
    "staff-leave",
    "component-detail",
    "template-detail",
    "component-use",
    "component-recall",
    *(route.name for route in every_route() if route.view.__module__.startswith("careplans.workshop.")),
}
# Nothing to open: each answers a POST alone.
ONLY_POSTS = {
    "plan-without",
    "invitation-withdraw", "item-add", "item-remove", "item-move", "finding-decide", "plan-revise",
    "handout-retry", "alert-acknowledge", "alert-resolve", "check-in-send-now", "message-retry",
}  # fmt: skip
# Must be among those that show something, so that the test below looks at pages at all.
ANSWER_WITH_A_PAGE = {
    "patient-edit",
    "patient-facts",
    "episode-add",
    "alert-acknowledge",
    "alert-resolve",
    "check-in-phone",
}
PAGES = sorted(OBJECTS.keys() - NOBODYS - ONLY_POSTS)


@pytest.fixture
def world() -> Iterator[World]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        yield World()


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(make_staff(world.clinic, Role.CLINICIAN))
    return client


def looks() -> int:
    return AuditEvent.objects.filter(kind=AuditEvent.Kind.LOOK, patient_id__isnull=False).count()


@pytest.mark.parametrize("name", PAGES)
def test_opening_the_page_is_a_look(world: World, client: Client, name: str) -> None:
    path = reverse(name, kwargs=OBJECTS[name](world))

    response = client.get(path)
    if response.streaming:
        response.getvalue()  # closes its file; close() itself would also close PostgreSQL's connection

    assert response.status_code == 200
    assert looks() == 1


@pytest.mark.parametrize("name", sorted(ONLY_POSTS))
def test_what_takes_only_posts_shows_nothing(world: World, name: str) -> None:
    client = Client()
    client.force_login(make_staff(world.clinic, *Role))
    assert client.get(reverse(name, kwargs=OBJECTS[name](world))).status_code == 405


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "part"])
@pytest.mark.parametrize("name", sorted(OBJECTS.keys() - NOBODYS))
def test_a_form_answered_with_a_page_is_a_look(world: World, name: str, headers: dict[str, str]) -> None:
    """An empty form is mostly refused, and the answer shows the record as much as opening the page does."""
    client = Client()
    client.force_login(make_staff(world.clinic, *Role))

    response = client.post(reverse(name, kwargs=OBJECTS[name](world)), headers=headers)

    shows_nothing = response.status_code in (302, 404, 405)
    assert looks() == (0 if shows_nothing else 1)
    if name in ANSWER_WITH_A_PAGE:
        assert not shows_nothing


def test_a_change_is_noted_once_and_not_as_a_look_too(world: World, client: Client) -> None:
    path = reverse("alert-acknowledge", kwargs=OBJECTS["alert-acknowledge"](world))

    assert client.post(path, {"note": "Called her, all well."}).status_code == 302

    assert looks() == 0


def test_the_messages_of_one_patient_are_a_look_and_the_list_is_none(world: World, client: Client) -> None:
    message = world.message

    client.get(reverse("message-list"))
    assert looks() == 0

    client.get(reverse("message-list"), {"patient": message.patient_id})
    assert AuditEvent.objects.for_patient(message.patient_id).first().action == "patient.messages_looked_at"


def test_asking_for_another_clinics_patient_writes_nothing_into_their_trail(
    world: World, client: Client
) -> None:
    other = World()
    client.get(reverse("message-list"), {"patient": other.message.patient_id})
    assert looks() == 0


def test_searching_beside_the_desk_is_no_further_look(world: World, client: Client) -> None:
    path = reverse("component-find", kwargs=OBJECTS["component-find"](world))
    client.get(path, {"q": "walk"}, headers={"hx-request": "true"})
    assert looks() == 0


def test_a_handout_that_is_still_being_made_names_the_patient(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    handout = world.handout
    monkeypatch.setattr("careplans.handouts.views.ensure_rendered", lambda *, handout, now: handout)

    response = client.get(reverse("handout-pdf", args=[handout.pk]))

    assert handout.version.plan.patient.full_name in response.content.decode()
    assert looks() == 1
