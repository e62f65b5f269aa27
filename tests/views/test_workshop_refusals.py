"""What the workshop refuses, and that it says what to do: beside the field, never as an error page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentVersion, RedFlag, SafetyRule, TemplatePhase, TemplateVersion
from careplans.library.review import start_version, submit_for_review
from careplans.library.versions import ReviewRefusal
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import component_of, make_library, template_of


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def site(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def draft_of(model: Any, clinic: Clinic, by: User) -> Any:
    if model is TemplatePhase:
        return start_version(of=template_of(clinic), by=by, now=NOW).phases.all()[0]
    return start_version(of=model._default_manager.all()[0], by=by, now=NOW)


def save(site: Client, row: Any, **changed: Any) -> Any:
    name = row._meta.model_name
    address = reverse(f"admin:library_{name}_change", args=[row.pk])
    return site.post(address, as_shown(site.get(address).content.decode(), f"{name}_form") | changed)


def said_beside(page: Any, field: str) -> str:
    assert page.status_code == 200
    return " ".join(page.context["adminform"].form.errors[field])


@pytest.mark.parametrize(
    ("model", "field", "slip"),
    [
        (SafetyRule, "components", ("med-ibuprofin", "“med-ibuprofin” is not in the library")),
        (SafetyRule, "components", ("", "at least one component or tag")),
        (SafetyRule, "tags", ("nsaids", "Known are: adhesive")),
        (SafetyRule, "when", ('[{"kind": "together", "components": ["x"]}]', "“x” is not in the library")),
        (SafetyRule, "when", ('[{"kind": "together", "tags": ["nsaids"]}]', "“nsaids” is not known")),
        (SafetyRule, "when", ("[]", "at least one entry")),
        (SafetyRule, "when", ("", "at least one entry")),
        (SafetyRule, "when", ('[{"kind": "moon"}]', "'moon'")),
        (ComponentVersion, "tags", ("sedatin", "“sedatin” is not known")),
        (ComponentVersion, "sources", ('[{"source": "B99", "says": "s"}]', "Add it to the sources first")),
        (ComponentVersion, "sources", ("[]", "Sources: missing")),
        (ComponentVersion, "default_dose", ("{'kind': 'duration'}", "straight double quotes")),
        (TemplateVersion, "texts", ("", "English text: missing")),
        (RedFlag, "texts", ("{}", "English text: missing")),
    ],
)
def test_each_slip_is_told_beside_its_field(
    site: Client, clinic: Clinic, model: Any, field: str, slip: tuple[str, str]
) -> None:
    value, said = slip
    changed = {field: value} | ({"tags": ""} if field == "components" else {})

    page = save(site, draft_of(model, clinic, make_staff(clinic, Role.EDITOR)), **changed)

    assert said in said_beside(page, field)


JSON_FIELDS = [
    (ComponentVersion, "default_dose"),
    (ComponentVersion, "sources"),
    (TemplateVersion, "texts"),
    (TemplateVersion, "sources"),
    (TemplatePhase, "texts"),
    (TemplatePhase, "criteria"),
    (TemplatePhase, "check_in_days"),
    (SafetyRule, "when"),
    (RedFlag, "texts"),
]


@pytest.mark.parametrize(("model", "field"), JSON_FIELDS)
def test_no_value_leads_to_an_error_page(
    site: Client, editor: User, clinic: Clinic, model: Any, field: str
) -> None:
    draft = draft_of(model, clinic, editor)

    for value in (
        "7",
        '"text"',
        "[[]]",
        '[{"kind": 1}]',
        '{"en": 7}',
        '[{"source": []}]',
        "true",
        "nonsense",
    ):
        assert said_beside(save(site, draft, **{field: value}), field)
    cleared = [save(site, draft, **{field: value}).status_code for value in ("", "null")]

    assert set(cleared) <= {200, 302}
    draft.refresh_from_db()
    assert getattr(draft, field) is not None


@pytest.mark.parametrize("field", ["components", "tags", "when"])
def test_a_rule_that_names_what_is_not_there_is_not_submitted(
    clinic: Clinic, editor: User, field: str
) -> None:
    draft = start_version(of=SafetyRule.objects.filter(clinic=clinic)[0], by=editor, now=NOW)
    value: Any = [{"kind": "together", "tags": ["slip"]}] if field == "when" else ["slip"]
    setattr(draft, field, value)
    draft.save()

    with pytest.raises(ReviewRefusal, match="“slip” is not"):
        submit_for_review(version=draft, by=editor, now=NOW)


def test_a_component_with_a_slip_in_a_tag_is_not_submitted(clinic: Clinic, editor: User) -> None:
    draft = start_version(of=component_of(clinic, "med-ibuprofen"), by=editor, now=NOW)
    draft.tags = ["nsaids"]
    draft.save()

    with pytest.raises(ReviewRefusal, match="“nsaids” is not known"):
        submit_for_review(version=draft, by=editor, now=NOW)
