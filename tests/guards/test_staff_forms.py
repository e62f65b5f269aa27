"""Every form of staff says for which clinic and person it was made, and no address takes one made for another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.made_for import FIELD, HEADER
from careplans.accounts.models import Membership, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from tests.factories import NOW, make_clinic, make_staff
from tests.make.matrix import OBJECTS, World
from tests.make.routes import Route, every_route, is_allauth, is_public

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Sent by a page's parts that write nothing anywhere, or about the person alone.
OF_CLINIC = [
    route
    for route in every_route()
    if not is_public(route) and not is_allauth(route) and not getattr(route.view, "is_for_any_staff", False)
]


class Forms(HTMLParser):
    """The fields of each form that is posted."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self._is_within = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._is_within = (given.get("method") or "get").lower() == "post"
            if self._is_within:
                self.found.append({"": given.get("action")})
        elif tag == "input" and self._is_within and given.get("name"):
            self.found[-1][str(given["name"])] = given.get("value")


@pytest.fixture
def world() -> Iterator[World]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        yield World()


@pytest.fixture
def person(world: World) -> User:
    return make_staff(world.clinic, *Role)


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def path_of(route: Route, world: World) -> str:
    return reverse(route.name, kwargs=OBJECTS[route.name](world)) if route.converters else reverse(route.name)


def test_each_form_on_the_page_says_it(world: World, person: User, client: Client) -> None:
    wrong = []
    for route in OF_CLINIC:
        for headers in ({}, {"HX-Request": "true"}):
            response = client.get(path_of(route, world), headers=headers)
            if response.status_code != 200 or "html" not in response.headers["Content-Type"]:
                continue
            forms = Forms(response.content.decode()).found
            wrong += [
                (route.name, form[""])
                for form in forms
                if form.get(FIELD) != f"{world.clinic.pk}.{person.pk}"
            ]
    assert wrong == []


def test_there_are_forms_to_look_at(world: World, client: Client) -> None:
    page = client.get(reverse("patient-register")).content.decode()
    assert len(Forms(page).found) >= 2
    assert f"&quot;{HEADER}&quot;" in page


def test_no_template_writes_the_token_by_itself() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES}
    assert [name for name, text in texts.items() if "csrfmiddlewaretoken" in text] == []
    assert [
        name for name, text in texts.items() if text.count('method="post"') > text.count("{% csrf_token %}")
    ] == []


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_no_address_takes_a_form_of_another_clinic(
    world: World, person: User, client: Client, headers: dict[str, str]
) -> None:
    """Refused before the view is asked: no event is written, and none of its objects is even looked for."""
    other = make_clinic()
    for role in Role:
        Membership.objects.create(user=person, clinic=other, role=role)
    client.post(reverse("clinic-switch"), {"clinic": str(world.clinic.pk)})
    taken = []
    for route in OF_CLINIC:
        path, before = path_of(route, world), AuditEvent.objects.count()
        answers = [
            client.post(path, made_for, headers=headers).status_code
            for made_for in ({FIELD: f"{other.pk}.{person.pk}"}, {}, {FIELD: "x"})
        ]
        answers.append(client.post(path, headers=headers | {HEADER: f"{other.pk}.{person.pk}"}).status_code)
        if set(answers) != {409} or AuditEvent.objects.count() != before:
            taken.append((route.name, answers))
    assert taken == []
