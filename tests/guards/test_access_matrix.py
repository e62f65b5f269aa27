"""Every route × every actor × own and another clinic's object × method, read from the resolver.

What is expected comes from the table of permissions alone, so a view that lets in more, or less, than it says fails
here; so does a new route whose object the registry in ``tests/make/matrix.py`` cannot make.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from careplans.accounts.permissions import PERMISSIONS_OF, Role
from tests.factories import NOW, make_staff
from tests.make.matrix import OBJECTS, World
from tests.make.routes import Route, every_route, is_allauth, is_public

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "delete")
STAFF_ROUTES = [route for route in every_route() if not is_public(route) and not is_allauth(route)]


@pytest.fixture
def world() -> Iterator[World]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        yield World()


@pytest.fixture
def other_world(world: World) -> World:
    return World()


def path_of(route: Route, world: World) -> str:
    return reverse(route.name, kwargs=OBJECTS[route.name](world)) if route.converters else reverse(route.name)


def ask(client: Client, method: str, path: str) -> Any:
    """One request whose effect is undone, so that each finds the same state."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        response = getattr(client, method)(path)
        if response.streaming:
            response.getvalue()  # closes its file; close() itself would also close PostgreSQL's connection
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def signed_in(world: World, role: Role) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_staff(world.clinic, role))
    client.get(reverse("account"))
    return client


def test_the_registry_can_make_every_object() -> None:
    needed = {route.name for route in STAFF_ROUTES if route.converters}
    assert needed - OBJECTS.keys() == set(), "add these routes to tests/make/matrix.py"
    assert OBJECTS.keys() - needed == set(), "these routes are gone: take them out of tests/make/matrix.py"


def test_strangers_are_sent_to_sign_in(world: World) -> None:
    client, wrong = Client(raise_request_exception=False), []
    for route in STAFF_ROUTES:
        path = path_of(route, world)
        for method in METHODS:
            response = ask(client, method, path)
            if response.status_code != 302 or not response.url.startswith(reverse("account_login")):
                wrong.append((route.name, method, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_table_says(world: World, role: Role) -> None:
    client, wrong = signed_in(world, role), []
    for route in STAFF_ROUTES:
        path = path_of(route, world)
        found = {method: ask(client, method, path).status_code for method in METHODS}
        if not _is_as_written(route, role, found):
            wrong.append((route.name, found))
    assert wrong == []


def test_djangos_own_flags_open_nothing(world: World) -> None:
    """The table alone counts: neither ``is_staff`` nor ``is_superuser`` is asked anywhere."""
    client, wrong = Client(raise_request_exception=False), []
    client.force_login(make_staff(world.clinic, Role.FRONT_DESK, is_staff=True, is_superuser=True))
    for route in STAFF_ROUTES:
        found = ask(client, "get", path_of(route, world)).status_code
        if not _may(route, Role.FRONT_DESK) and found not in (403, 405):
            wrong.append((route.name, found))
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_another_clinics_object_is_not_there(world: World, other_world: World, role: Role) -> None:
    client, wrong = signed_in(world, role), []
    for route in STAFF_ROUTES:
        if not route.converters:
            continue
        path = path_of(route, other_world)
        found = {method: ask(client, method, path).status_code for method in METHODS}
        hidden = {404, 405} if _may(route, role) else {403, 405}
        if not set(found.values()) <= hidden or set(found.values()) == {405}:
            wrong.append((route.name, found))
    assert wrong == []


def _may(route: Route, role: Role) -> bool:
    return getattr(route.view, "required_permission", None) in PERMISSIONS_OF[role] or getattr(
        route.view, "is_for_any_staff", False
    )


def _is_as_written(route: Route, role: Role, found: dict[str, int]) -> bool:
    """PUT and DELETE are never offered; GET and POST are, or one of them, and then by the table alone."""
    if found["put"] != 405 or found["delete"] != 405:
        return False
    offered = {found["get"], found["post"]} - {405}
    if not offered:
        return False
    if not _may(route, role):
        return offered == {403}
    return 403 not in offered and max(offered) < 500 and found["get"] != 404
