"""Everything the product ships opens in the workshop, and saved as it stands stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    ReviewedContent,
    SafetyRule,
    Source,
    TemplatePhase,
    TemplateVersion,
)
from careplans.library.review import start_version, submit_for_review
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import make_library

pytestmark = pytest.mark.django_db


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
    if model is Source:
        return list(Source.objects.all())
    if model is TemplatePhase:
        versions = [start_version(of=one, by=by, now=NOW) for one in TemplateVersion.objects.all()]
        return [phase for version in versions for phase in version.phases.all()]
    return [start_version(of=one, by=by, now=NOW) for one in list(model._default_manager.all())]


def content(row: Any) -> dict[str, Any]:
    """What stands in it and in its parts."""
    said = {None: model_to_dict(row)}
    for parts in ("texts", "phases", "items"):
        if hasattr(getattr(row, parts, None), "all"):
            said |= {part.pk: model_to_dict(part) for part in getattr(row, parts).all()}
    return said


@pytest.mark.parametrize(
    "model", [ComponentVersion, TemplateVersion, TemplatePhase, SafetyRule, RedFlag, Source]
)
def test_saved_as_it_stands_it_stays_as_it_is(model: Any, site: Client, editor: User) -> None:
    name = model._meta.model_name
    rows = drafts_of(model, editor)
    wrong = {}
    for row in rows:
        before, address = content(row), reverse(f"admin:library_{name}_change", args=[row.pk])
        saved = site.post(address, as_shown(site.get(address).content.decode(), f"{name}_form"))
        if saved.status_code != 302:
            wrong[str(row)] = [saved.context["errors"]]
            continue
        after = model._default_manager.get(pk=row.pk)
        if content(after) != before:
            wrong[str(row)] = [before, content(after)]
        elif isinstance(after, ReviewedContent):
            submit_for_review(version=after, by=editor, now=NOW)

    assert wrong == {}
    assert len(rows) > 5
