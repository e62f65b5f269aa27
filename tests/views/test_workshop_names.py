"""The workshop: names that rules ask for are read, not written, and each stands for one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.library.models import (
    Component,
    ComponentVersion,
    RedFlag,
    SafetyRule,
    Source,
    Template,
    TemplateVersion,
)
from careplans.library.review import start_version
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_library

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic: Clinic, client_of: Callable[..., Client]) -> Client:
    make_library(clinic)
    return client_of(Role.EDITOR)


def change(row: Any) -> str:
    return reverse(f"admin:library_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("model", [Component, Template, Source])
def test_a_name_in_use_is_no_field(editor: Client, clinic: Clinic, model: Any) -> None:
    row = model.objects.filter(clinic=clinic)[0]
    before = row.code

    page = editor.get(change(row)).content.decode()
    editor.post(change(row), {"code": "renamed", "category": "procedure", "title": "T"})

    assert 'name="code"' not in page
    assert 'name="category"' not in page
    assert "not later" in page
    row.refresh_from_db()
    assert row.code == before
    assert getattr(row, "category", "") != "procedure"


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (ComponentVersion, "component"),
        (TemplateVersion, "template"),
        (SafetyRule, "code"),
        (RedFlag, "code"),
    ],
)
def test_what_a_draft_is_a_version_of_is_no_field(
    editor: Client, clinic: Clinic, model: Any, field: str
) -> None:
    draft = start_version(of=model._default_manager.all()[0], by=make_staff(clinic, Role.EDITOR), now=NOW)

    page = editor.get(change(draft)).content.decode()

    assert 'name="_save"' in page
    assert f'name="{field}"' not in page


def test_a_new_component_may_still_be_named(editor: Client, clinic: Clinic) -> None:
    row = Component.objects.create(clinic=clinic, code="our-own", category="exercise")

    editor.post(change(row), {"code": "better-name", "category": "mind_body"})

    row.refresh_from_db()
    assert (row.code, row.category) == ("better-name", "mind_body")


@pytest.mark.parametrize("model", [SafetyRule, RedFlag])
def test_a_code_that_is_taken_begins_no_second_rule(editor: Client, clinic: Clinic, model: Any) -> None:
    code = model.objects.filter(clinic=clinic)[0].code

    page = editor.post(reverse(f"admin:library_{model._meta.model_name}_add"), {"code": code})

    assert "This code is taken" in str(page.context["adminform"].form.errors["code"])


def test_one_newer_version_of_a_component_at_a_time(editor: Client, clinic: Clinic) -> None:
    draft = start_version(of=component_of(clinic, "ex-walking"), by=make_staff(clinic, Role.EDITOR), now=NOW)

    page = editor.post(reverse("admin:library_componentversion_add"), {"component": str(draft.component_id)})

    assert "Go on with that one" in str(page.context["adminform"].form.errors)
