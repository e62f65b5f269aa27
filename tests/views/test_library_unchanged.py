"""Every component and template the product ships opens in its editor, and saved as it stands stays as it is.

The same of rules, red flags and sources stands with their own pages.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentVersion, TemplateVersion
from careplans.library.review import start_version, submit_for_review
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import make_library
from tests.make.templates import items_of, phases_of

pytestmark = pytest.mark.django_db
# Counted up by each save, also of what stays the same.
REVISION = ("revision",)


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def site(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def drafts_of(model: Any, by: User) -> list[Any]:
    return [start_version(of=one, by=by, now=NOW) for one in list(model._default_manager.all())]


def told(row: Any) -> dict[str, Any]:
    said = {name: value for name, value in model_to_dict(row).items() if name not in REVISION}
    if "criteria" in said:  # what is not asked for is null or is not named
        said["criteria"] = {name: value for name, value in said["criteria"].items() if value is not None}
    return said


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def save_as_shown(site: Client, address: str, form: str) -> Any:
    """What a browser sends when somebody opens the form and presses its button."""
    return site.post(address, as_shown(site.get(address).content.decode(), form))


def test_every_component_saved_as_it_stands_stays_as_it_is(site: Client, editor: User) -> None:
    wrong, drafts = {}, drafts_of(ComponentVersion, editor)
    for draft in drafts:
        before = [told(row) for row in (draft, *draft.texts.order_by("language"))]
        address = reverse("component-edit", args=[draft.component_id, draft.number])
        saved = save_as_shown(site, address, "component-form")
        stored = ComponentVersion.objects.get(pk=draft.pk)
        after = [told(row) for row in (stored, *stored.texts.order_by("language"))]
        if saved.status_code != 302 or after != before:
            wrong[draft.component.code] = [saved.status_code, *map(changed, before, after)]
        else:
            submit_for_review(version=stored, by=editor, now=NOW)

    assert wrong == {}
    assert len(drafts) > 50


def test_every_template_saved_as_it_stands_stays_as_it_is(site: Client, editor: User) -> None:
    """What it says of itself, each of its phases, each dose."""
    wrong, drafts = {}, drafts_of(TemplateVersion, editor)
    for draft in drafts:
        for part, address in parts_of(draft):
            before = told(part)
            saved = save_as_shown(site, address, address)
            after = told(type(part)._default_manager.get(pk=part.pk))
            if saved.status_code != 302 or after != before:
                wrong[f"{draft.template.code}: {part}"] = [saved.status_code, changed(before, after)]
        if not wrong:
            submit_for_review(version=draft, by=editor, now=NOW)

    assert wrong == {}
    assert len(drafts) > 3


def parts_of(draft: TemplateVersion) -> list[tuple[Any, str]]:
    of = {"template": draft.template_id, "number": draft.number}
    phases = phases_of(draft)
    items = [item for phase in phases for item in items_of(phase)]
    return [
        (draft, reverse("template-general", kwargs=of)),
        *((phase, reverse("template-phase", kwargs=of | {"phase": phase.pk})) for phase in phases),
        *((item, reverse("template-item", kwargs=of | {"item": item.pk})) for item in items),
    ]
