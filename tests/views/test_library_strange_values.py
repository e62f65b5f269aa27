"""No value somebody sends leads to an error page of an editor, and none of them is stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from tests.make.library import editor_of, make_next, one_of_each
from tests.make.pages import as_shown
from tests.make.plans import make_library
from tests.make.templates import items_of, phases_of

STRANGE = (
    "7",
    "-1",
    "9" * 400,
    "[[]]",
    '{"en": 7}',
    "null",
    "true",
    "\u202e",
    "\ud7ff\ufffe",
    "x" * 9000,
    "²",
    "",
)
# Neither is a field of the content: who sends it wrongly is asked to look again.
NOT_CONTENT = ("csrfmiddlewaretoken", "made_for", "form_key")


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return editor_of(clinic)


@pytest.fixture
def site(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def pages_of(kind: str, draft: Any) -> list[tuple[str, str]]:
    """Addresses of the editor's forms, each with the form's id or address."""
    if kind == "component":
        return [(reverse("component-edit", args=[draft.component_id, draft.number]), "component-form")]
    if kind == "rule":
        return [(reverse("rule-edit", args=[draft.pk]), "rule-form")]
    if kind == "red-flag":
        return [(reverse("red-flag-edit", args=[draft.pk]), "red-flag-form")]
    of = {"template": draft.template_id, "number": draft.number}
    phase = phases_of(draft)[0]
    parts = [
        reverse("template-general", kwargs=of),
        reverse("template-phase", kwargs=of | {"phase": phase.pk}),
        reverse("template-phase-add", kwargs=of),
        reverse("template-item", kwargs=of | {"item": items_of(phase)[0].pk}),
    ]
    return [(part, part) for part in parts]


@pytest.mark.parametrize("kind", ["component", "template", "rule", "red-flag"])
def test_no_value_leads_to_an_error_page(kind: str, clinic: Clinic, editor: User, site: Client) -> None:
    """One strange value in every field at once: each form answers for all of its fields."""
    draft = make_next(one_of_each(clinic)[kind], editor)
    for address, form in pages_of(kind, draft):
        whole = as_shown(site.get(address).content.decode(), form)
        names = [name for name in whole if name not in NOT_CONTENT]
        assert names
        for value in STRANGE:
            sent = whole | dict.fromkeys(names, value)
            assert site.post(address, sent).status_code in (200, 409, 422), (address, value)

    before = draft.revision
    draft.refresh_from_db()
    assert draft.revision == before


def test_sources_take_no_strange_value_either(editor: User, site: Client) -> None:
    address = reverse("source-new")
    for value in STRANGE:
        sent = dict.fromkeys(("name", "title", "publisher", "published_on", "covers"), value)
        assert site.post(address, sent).status_code == 200, value
