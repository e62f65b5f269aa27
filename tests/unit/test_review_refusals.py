"""What no plan could be made of is not submitted, even where it came past the editors' forms: by import or by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.library.models import ComponentVersion, ReviewState, SafetyRule, TemplateVersion
from careplans.library.review import submit_for_review
from careplans.library.versions import ReviewRefusal
from tests.factories import NOW
from tests.make.library import editor_of, make_next
from tests.make.plans import component_of, make_library, template_of


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return editor_of(clinic)


@pytest.mark.parametrize("field", ["components", "tags", "when"])
def test_a_rule_that_names_what_is_not_there_is_not_submitted(
    clinic: Clinic, editor: User, field: str
) -> None:
    draft = make_next(SafetyRule.objects.filter(clinic=clinic).earliest("code"), editor)
    value: Any = [{"kind": "together", "tags": ["slip"]}] if field == "when" else ["slip"]
    setattr(draft, field, value)
    draft.save()

    with pytest.raises(ReviewRefusal, match="“slip” is not"):
        submit_for_review(version=draft, by=editor, now=NOW)


def test_a_component_with_a_slip_in_a_tag_is_not_submitted(clinic: Clinic, editor: User) -> None:
    """Its safety rules would no longer find it."""
    draft = make_next(component_of(clinic, "med-ibuprofen"), editor)
    draft.tags = ["nsaids"]
    draft.save()

    with pytest.raises(ReviewRefusal, match="“nsaids” is not known"):
        submit_for_review(version=draft, by=editor, now=NOW)


@pytest.mark.parametrize("model", [ComponentVersion, TemplateVersion])
@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([], "Sources: missing|sources: missing"),
        ([{"source": "B99", "says": "s"}], "Add it to the sources first"),
    ],
)
def test_nothing_is_submitted_without_a_source_that_is_there(
    model: Any, sources: list[dict[str, str]], said: str, clinic: Clinic, editor: User
) -> None:
    of = component_of(clinic, "ex-walking") if model is ComponentVersion else template_of(clinic)
    draft = make_next(of, editor)
    draft.sources = sources
    draft.save()

    with pytest.raises(ReviewRefusal, match=said):
        submit_for_review(version=draft, by=editor, now=NOW)


def test_a_component_without_english_can_still_be_looked_at(clinic: Clinic, editor: User) -> None:
    draft = make_next(component_of(clinic, "ex-walking"), editor)
    draft.texts.all().delete()
    ComponentVersion.objects.filter(component=draft.component).exclude(pk=draft.pk).update(
        state=ReviewState.RETIRED
    )
    site = Client()
    site.force_login(editor)

    page = site.get(f"/library/components/{draft.component_id}/{draft.number}/")

    assert page.status_code == 200
    assert site.get(f"/library/components/{draft.component_id}/").status_code in (200, 302)
    assert site.get("/library/").status_code == 200
    assert site.get(f"/library/components/{draft.component_id}/{draft.number}/edit/").status_code == 200
