"""What the editors offer to choose from is the clinic's own, and what is another's cannot be slipped in by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.edit_component import new_component
from careplans.library.models import Component, Source
from tests.factories import NOW
from tests.make.library import editor_of, make_next, one_of_each
from tests.make.pages import as_shown
from tests.make.plans import make_library
from tests.make.templates import phases_of

# What is theirs is called this, and searched for by another word.
THEIRS, SEARCHED = "Qwertzian", "canary"
REFUSED = ("is not one of the available choices", "Choose one of the list.")


@pytest.fixture
def theirs(other_clinic: Clinic) -> Source:
    """A source, a component and a person of another clinic."""
    make_library(other_clinic)
    by = editor_of(other_clinic, f"{SEARCHED} {THEIRS}")
    title = f"{SEARCHED} {THEIRS}"
    new_component(clinic=other_clinic, code="ex-canary", title=title, category="exercise", by=by, now=NOW)
    return Source.objects.create(clinic=other_clinic, code=f"C-{THEIRS}", title=title)


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return editor_of(clinic)


@pytest.fixture
def site(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def drafts(clinic: Clinic, editor: User) -> dict[str, Any]:
    return {kind: make_next(version, editor) for kind, version in one_of_each(clinic).items()}


def addresses(drafts: dict[str, Any]) -> dict[str, str]:
    """The pages on which something of the library is chosen."""
    component, template = drafts["component"], drafts["template"]
    of = {"template": template.template_id, "number": template.number}
    return {
        "component": reverse("component-edit", args=[component.component_id, component.number]),
        "template": reverse("template-general", kwargs=of),
        "found": reverse("template-find", kwargs=of) + f"?q={SEARCHED}&phase={phases_of(template)[0].pk}",
        "rule": reverse("rule-edit", args=[drafts["rule"].pk]),
        "red-flag": reverse("red-flag-edit", args=[drafts["red-flag"].pk]),
        "new rule": reverse("rule-new"),
        "new red flag": reverse("red-flag-new"),
        "library": reverse("library") + f"?q={SEARCHED}&state=",
        "sources": reverse("source-list") + f"?q={SEARCHED}",
        "rules": reverse("rule-list") + "?state=",
        "bench": reverse("rule-bench"),
    }


def test_nothing_of_another_clinic_is_offered(site: Client, theirs: Source, drafts: dict[str, Any]) -> None:
    pages = {name: site.get(address) for name, address in addresses(drafts).items()}
    find = {"components-find": SEARCHED, "do-find": "components"}
    rule = addresses(drafts)["rule"]
    pages["picker"] = site.post(rule, as_shown(pages["rule"].content.decode(), "rule-form") | find)

    assert {name: page.status_code for name, page in pages.items() if page.status_code != 200} == {}
    assert [name for name, page in pages.items() if THEIRS in page.content.decode()] == []
    # The same searches find what is there, so they look.
    known = addresses(drafts)["found"].replace(SEARCHED, "bridge")
    assert "bridge" in site.get(known).content.decode().lower()


def test_another_clinics_source_is_refused(site: Client, theirs: Source, drafts: dict[str, Any]) -> None:
    address = addresses(drafts)
    forms = {
        "component": ("component-form", {"sources-0-source": theirs.code}),
        "template": (address["template"], {"source_0": theirs.code}),
        "rule": ("rule-form", {"source": str(theirs.pk)}),
        "red-flag": ("red-flag-form", {"source": str(theirs.pk)}),
    }
    for kind, (form, changed) in forms.items():
        sent = as_shown(site.get(address[kind]).content.decode(), form) | changed
        said = site.post(address[kind], sent)
        assert said.status_code in (200, 422), kind
        assert any(words in said.content.decode() for words in REFUSED), kind
        before = drafts[kind].revision
        drafts[kind].refresh_from_db()
        assert drafts[kind].revision == before, kind


def test_another_clinics_component_is_refused(site: Client, theirs: Source, drafts: dict[str, Any]) -> None:
    rule, template = drafts["rule"], drafts["template"]
    address = addresses(drafts)["rule"]
    named = as_shown(site.get(address).content.decode(), "rule-form") | {"components": ["ex-canary"]}
    add = reverse("template-item-add", args=[template.template_id, template.number])
    component = Component.objects.get(code="ex-canary")
    phase = phases_of(template)[0]

    said = site.post(address, named)
    added = site.post(
        add, {"phase": phase.pk, "component": component.pk, "revision": template.revision}
    ).status_code

    assert "“ex-canary” is not in the library" in said.content.decode()
    assert added == 404
    rule.refresh_from_db()
    assert "ex-canary" not in rule.components
    assert not phase.items.filter(component=component).exists()


def test_what_is_new_belongs_to_the_clinic_whatever_is_sent(
    clinic: Clinic, theirs: Source, client_of: Callable[..., Client]
) -> None:
    editor = client_of(Role.EDITOR)
    sent = {"name": "NG59", "title": "Low back pain", "clinic": str(theirs.clinic_id)}
    begun = {"title": "Our own", "category": "exercise", "code": "", "clinic": str(theirs.clinic_id)}

    editor.post(reverse("source-new"), sent)
    editor.post(reverse("component-new"), begun)

    assert Source.objects.get(code="NG59").clinic == clinic
    assert Component.objects.get(code="ex-our-own").clinic == clinic
    events = AuditEvent.objects.filter(action__in=["source.added", "componentversion.started"])
    assert events.filter(clinic_id=clinic.pk).count() == 2
