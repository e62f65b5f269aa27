"""Two versions side by side, of every kind: what went, what came, and what stayed folded away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.compare import text_of
from careplans.workshop.places import compare_url
from careplans.workshop.review_page import compared
from tests.make.library import editor_of, make_approved_next, make_next, one_of_each, reviewer_of, rewrite
from tests.make.plans import component_of
from tests.make.written import take_other_languages_out

KINDS = ["component", "template", "rule", "red-flag"]


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return editor_of(clinic)


def changed_in(old: Any, new: Any) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    return {
        (pair.group, pair.label): (
            [text_of(one) for one in pair.old_lines],
            [text_of(one) for one in pair.new_lines],
        )
        for group in compared(old, new).groups
        for pair in group.changed
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_as_it_begins_says_the_same(
    kind: str, clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    old = one_of_each(clinic)[kind]
    draft = make_next(old, editor)

    page = client_of(Role.REVIEWER).get(compare_url(old, draft))

    assert changed_in(old, draft) == {}
    assert page.status_code == 200
    assert "The two say the same." in page.content.decode()


def test_a_components_changes_are_named_field_by_field(clinic: Clinic, editor: User) -> None:
    old = component_of(clinic, "ex-walking")
    new = rewrite(
        make_next(old, editor),
        editor,
        title="Zebra walk",
        equipment=[*old.equipment, "stick"],
        default_dose=old.default_dose | {"times_a_day": 5},
    )
    in_english = "Text for patients, English"
    english = old.texts.get(language="en")

    assert changed_in(old, new) == {
        ("", "Usual dose"): ([old.dose.in_words()], [new.dose.in_words()]),
        ("", "Equipment"): (old.equipment, new.equipment),
        (in_english, "Title"): ([english.title], ["Zebra walk"]),
    }


def test_a_template_is_compared_phase_by_phase(clinic: Clinic, editor: User) -> None:
    old = one_of_each(clinic)["template"]
    draft = make_next(old, editor)
    phase = draft.phases.first()
    phase.check_in_days, phase.criteria = [0, 1], {"pain_at_most": 3, "clinician_confirms": True}
    phase.save()
    gone = phase.items.first()
    gone.delete()

    changes = changed_in(old, draft)

    group = f"Phase “{phase.texts['en']['name']}”"
    assert set(changes) == {
        (group, "Check-ins"),
        (group, "Before the next phase is proposed"),
        (group, "Components"),
    }
    assert changes[group, "Check-ins"][1] == ["day 1", "day 2"]
    assert changes[group, "Before the next phase is proposed"][1] == [
        "Pain at most 3 of 10",
        "A clinician confirms",
    ]
    before, after = changes[group, "Components"]
    assert len(before) == len(after) + 1


def test_a_rule_is_compared_in_words(clinic: Clinic, editor: User) -> None:
    old = one_of_each(clinic)["rule"]
    draft = make_next(old, editor)
    draft.when = [{"kind": "age", "at_least": 65}]
    draft.severity = "inform"
    draft.save()

    changes = changed_in(old, draft)

    assert changes["", "Severity"] == ([str(old.get_severity_display())], ["For information"])
    assert "65" in changes["", "When"][1][0]
    assert "any_of" not in str(changes)


def test_a_red_flag_is_compared_in_every_language(clinic: Clinic, editor: User) -> None:
    old = one_of_each(clinic)["red-flag"]
    draft = make_next(old, editor)
    draft.texts = draft.texts | {"en": draft.texts["en"] | {"question": "Are you a zebra?"}}
    draft.save()

    changes = changed_in(old, draft)

    assert list(changes) == [("Text for patients, English", "The question")]


def test_marks_are_read_out_and_not_only_coloured(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    old = component_of(clinic, "ex-walking")
    draft = rewrite(make_next(old, editor), editor, why="Walking is good for <zebras>.")

    words = client_of(Role.EDITOR).get(compare_url(old, draft)).content.decode()

    assert '<del><span class="visually-hidden">went: </span>' in words
    assert '<ins><span class="visually-hidden">came: </span>' in words
    assert "<zebras>" not in words


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_not_see_drafts_compares_none(
    kind: str, clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    old = one_of_each(clinic)[kind]
    path = compare_url(old, make_next(old, editor))

    assert Client().get(path).url.startswith(reverse("account_login"))
    assert client_of(Role.CLINICIAN).get(path).status_code == 404
    assert client_of(Role.FRONT_DESK).get(path).status_code == 403


@pytest.mark.parametrize("kind", KINDS)
def test_clinicians_compare_what_was_in_use(
    kind: str, clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    old = one_of_each(clinic)[kind]
    new = make_approved_next(old, editor, reviewer_of(clinic))
    assert client_of(Role.CLINICIAN).get(compare_url(old, new)).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_another_clinics_versions_are_not_there(
    kind: str, clinic: Clinic, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    old = one_of_each(other_clinic)[kind]
    path = compare_url(old, make_next(old, editor_of(other_clinic)))
    assert client_of(Role.REVIEWER).get(path).status_code == 404


def test_only_versions_of_one_thing_are_compared(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    one_of_each(clinic)
    site = client_of(Role.REVIEWER)
    first, second = (clinic.safety_rules.order_by("code")[number] for number in (0, 1))
    assert site.get(reverse("rule-compare", args=[first.pk, second.pk])).status_code == 404
    one = component_of(clinic, "ex-walking")
    assert site.get(reverse("component-compare", args=[one.component_id, 1, 9])).status_code == 404


def test_the_older_stands_on_the_left_however_it_is_asked(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    old = component_of(clinic, "ex-walking")
    draft = make_next(old, editor)
    page = client_of(Role.EDITOR).get(compare_url(draft, old))
    assert (page.context["compared"].old, page.context["compared"].new) == (old, draft)


def test_one_version_compared_with_itself_is_just_read(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    old = component_of(clinic, "ex-walking")
    response = client_of(Role.EDITOR).get(compare_url(old, old))
    assert response.url == reverse("component-version", args=[old.component_id, 1])


def test_a_translation_that_was_taken_out_is_one_line(
    clinic: Clinic, editor: User, client_of: Callable[..., Client]
) -> None:
    old = component_of(clinic, "ex-walking")
    draft = take_other_languages_out(make_next(old, editor), editor)

    page = client_of(Role.REVIEWER).get(compare_url(old, draft))

    gone = [group.name for group in page.context["compared"].groups if group.is_gone]
    assert gone == [f"Text for patients, {language}" for language in ("Arabic", "Spanish", "Turkish")]
    assert "Text for patients, Arabic: taken out as a whole" in page.content.decode()
