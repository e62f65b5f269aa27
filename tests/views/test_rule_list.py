"""Safety rules found and read: approved ones by all who read the library, drafts by those who keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.edit_rule import new_rule
from careplans.library.models import SafetyRule
from careplans.library.retire import propose_retirement
from tests.factories import NOW, make_staff
from tests.make.plans import make_library
from tests.make.rules import rule_of, rule_says

pytestmark = pytest.mark.django_db
LIST = "/library/rules/"


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def draft(clinic: Clinic, editor: User) -> SafetyRule:
    return new_rule(clinic=clinic, says=rule_says(clinic, name="ours"), by=editor, now=NOW)


def codes(page: Any) -> list[str]:
    assert page.status_code == 200
    return [row.rule.code for row in page.context["rows"]]


def test_the_front_desk_and_strangers_read_no_rules(client_of: Callable[..., Client], clinic: Clinic) -> None:
    assert client_of(Role.FRONT_DESK).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_clinicians_see_what_is_in_use_and_no_drafts(
    client_of: Callable[..., Client], clinic: Clinic, draft: SafetyRule
) -> None:
    clinician = client_of(Role.CLINICIAN)

    assert "ours" not in codes(clinician.get(LIST, {"q": "glaucoma", "state": "draft"}))
    assert clinician.get(reverse("rule-detail", args=[draft.pk])).status_code == 404
    approved = rule_of(clinic, "cyclobenzaprine-heart")
    page = clinician.get(reverse("rule-detail", args=[approved.pk])).content.decode()
    assert "Stops: Cyclobenzaprine (muscle relaxant), when the record says “Arrhythmia" in page
    assert "test-bench" not in page
    assert "Propose to retire" not in page


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER])
def test_those_who_keep_the_library_see_drafts(
    client_of: Callable[..., Client], draft: SafetyRule, role: Role
) -> None:
    client = client_of(role)

    assert codes(client.get(LIST, {"state": "draft"})) == ["ours"]
    assert "ours" in codes(client.get(LIST, {"q": "angle-closure heat"}))
    assert client.get(reverse("rule-detail", args=[draft.pk])).status_code == 200


def test_words_find_titles_facts_messages_and_sources(
    client_of: Callable[..., Client], clinic: Clinic
) -> None:
    make_library(clinic)
    clinician = client_of(Role.CLINICIAN)

    assert codes(clinician.get(LIST, {"q": "cyclobenzaprine mao"})) == ["cyclobenzaprine-mao-inhibitor"]
    assert "cyclobenzaprine-heart-attack" in codes(clinician.get(LIST, {"q": "Recovery", "severity": "stop"}))
    assert codes(clinician.get(LIST, {"q": "no rule says this"})) == []
    assert len(codes(clinician.get(LIST, {"severity": "moon"}))) == len(codes(clinician.get(LIST)))


def test_another_clinics_rules_are_not_there(
    client_of: Callable[..., Client], other_clinic: Clinic, draft: SafetyRule
) -> None:
    stranger = client_of(Role.EDITOR, at=other_clinic)

    assert codes(stranger.get(LIST)) == []
    assert stranger.get(reverse("rule-detail", args=[draft.pk])).status_code == 404


def test_a_proposal_to_retire_is_seen(client_of: Callable[..., Client], clinic: Clinic, editor: User) -> None:
    rule = rule_of(clinic, "cyclobenzaprine-heart")
    propose_retirement(version=rule, reason="Replaced by a newer guideline", by=editor, now=NOW)
    reviewer = client_of(Role.REVIEWER)

    assert "proposed to retire" in reviewer.get(LIST, {"q": "cyclobenzaprine heart"}).content.decode()
    page = reviewer.get(reverse("rule-detail", args=[rule.pk])).content.decode()
    assert "Replaced by a newer guideline" in page
    assert "Confirm: take out of use" in page


def test_every_name_of_an_allergy_can_be_read(client_of: Callable[..., Client], clinic: Clinic) -> None:
    rule = rule_of(clinic, "allergy-nsaid")

    page = client_of(Role.CLINICIAN).get(reverse("rule-detail", args=[rule.pk])).content.decode()

    assert "anti-inflammatory" in page


def test_many_rules_ask_the_database_no_more_often(
    client_of: Callable[..., Client], clinic: Clinic, django_assert_max_num_queries: Any
) -> None:
    make_library(clinic)
    client = client_of(Role.EDITOR)

    with django_assert_max_num_queries(15):
        assert len(codes(client.get(LIST))) == 50
