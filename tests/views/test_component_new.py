"""A component of the clinic's own begins with a title, a kind and a code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.models import Component, ReviewState
from tests.make.plans import make_library

NEW = {"title": "Cat and camel, seated", "category": "exercise", "code": ""}


@pytest.fixture
def path() -> str:
    return reverse("component-new")


def test_a_stranger_is_asked_to_sign_in(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_editors_begin_one(client_of: Callable[..., Client], path: str, role: Role) -> None:
    assert client_of(role).get(path).status_code == 403
    assert client_of(role).post(path, NEW).status_code == 403


def test_the_code_is_made_from_the_title(clinic: Clinic, client_of: Callable[..., Client], path: str) -> None:
    response = client_of(Role.EDITOR).post(path, NEW)

    component = Component.objects.get(clinic=clinic)
    version = component.versions.get()
    assert component.code == "ex-cat-and-camel-seated"
    assert response.headers["Location"] == reverse("component-edit", args=[component.pk, 1])
    assert version.state == ReviewState.DRAFT
    assert version.texts.get().title == "Cat and camel, seated"
    assert list(version.writers.all()) == [version.author]
    assert AuditEvent.objects.filter(action="componentversion.started").count() == 1


def test_the_editor_opens_on_it(clinic: Clinic, client_of: Callable[..., Client], path: str) -> None:
    page = client_of(Role.EDITOR).post(path, NEW, follow=True)
    assert page.status_code == 200
    assert "English text, why: missing" in page.content.decode()


def test_a_code_that_is_taken_is_refused_beside_its_field(
    clinic: Clinic, client_of: Callable[..., Client], path: str
) -> None:
    make_library(clinic)
    response = client_of(Role.EDITOR).post(path, NEW | {"code": "ex-bridge"})
    assert "has this code" in str(response.context["form"].errors["code"])
    assert Component.objects.filter(code="ex-bridge").count() == 1


def test_another_clinic_may_have_the_same_code(
    other_clinic: Clinic, client_of: Callable[..., Client], path: str
) -> None:
    make_library(other_clinic)
    assert client_of(Role.EDITOR).post(path, NEW | {"code": "ex-bridge"}).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"category": ""}, "category"),
        ({"category": "magic"}, "category"),
        ({"code": "Ex Bridge"}, "code"),
        ({"title": "قطة وجمل"}, "code"),
    ],
)
def test_what_is_wrong_is_told(
    clinic: Clinic, client_of: Callable[..., Client], path: str, wrong: dict[str, str], field: str
) -> None:
    response = client_of(Role.EDITOR).post(path, NEW | wrong)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not Component.objects.exists()


def test_sent_twice_it_is_made_once(clinic: Clinic, client_of: Callable[..., Client], path: str) -> None:
    client = client_of(Role.EDITOR)
    answers = [client.post(path, NEW | {"form_key": "one"}).headers["Location"] for _time in range(2)]
    assert answers[0] == answers[1]
    assert Component.objects.count() == 1
