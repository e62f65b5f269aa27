"""What was recalled does not come back word for word, and what is older never takes the place of what is newer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from careplans.accounts.models import Clinic, User
from careplans.library.copies import copy_component
from careplans.library.models import ComponentText, ComponentVersion, ReviewState, SafetyRule
from careplans.library.recalled_before import recall_said_again, recalls_before
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.translations import drop_translation, save_translation, words_of
from careplans.library.versions import ReviewRefusal
from tests.factories import NOW
from tests.make.library import editor_of, make_approved_next, make_next, reviewer_of, rewrite
from tests.make.plans import component_of, make_library
from tests.make.recalls import REASON, recall

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
CODE = "ex-walking"


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return editor_of(clinic)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return reviewer_of(clinic)


@pytest.fixture
def recalled(clinic: Clinic) -> ComponentVersion:
    version = component_of(clinic, CODE)
    recall(clinic, CODE)
    version.refresh_from_db()
    return version


def approved(draft: Any, editor: User, reviewer: User) -> Any:
    submit_for_review(version=draft, by=editor, now=LATER)
    approve_version(version=draft, by=reviewer, now=LATER)
    return draft


def refused(draft: Any, editor: User, reviewer: User) -> str:
    with pytest.raises(ReviewRefusal) as told:
        approved(draft, editor, reviewer)
    draft.refresh_from_db()
    assert draft.state != ReviewState.APPROVED
    return str(told.value)


def test_word_for_word_it_is_not_approved_again(
    recalled: ComponentVersion, editor: User, reviewer: User
) -> None:
    told = refused(start_version(of=recalled, by=editor, now=LATER), editor, reviewer)
    assert REASON in told
    assert "recalled on 2 Mar 2026" in told
    assert "put right" in told


def other_look(draft: ComponentVersion, by: User) -> None:
    rewrite(draft, by, picture="", tags=["exercise"], review_due_on=LATER.date() + timedelta(days=90))


def more_spaces(draft: ComponentVersion, by: User) -> None:
    rewrite(draft, by, clinician_text=f"  {draft.clinician_text} ", equipment=["a mat"])


def another_language(draft: ComponentVersion, by: User) -> None:
    text = draft.texts.get(language="en")
    values = {name: getattr(text, name) for name in ("title", "why", "steps", "feel", "watch_for", "stop_if")}
    ComponentText.objects.create(version=draft, language="fr", **values)


@pytest.mark.parametrize("change", [other_look, more_spaces, another_language])
def test_what_tells_nobody_anything_else_is_no_correction(
    recalled: ComponentVersion,
    editor: User,
    reviewer: User,
    change: Callable[[ComponentVersion, User], None],
) -> None:
    draft = start_version(of=recalled, by=editor, now=LATER)
    change(draft, editor)
    assert recall_said_again(ComponentVersion.objects.get(pk=draft.pk)) is not None


@pytest.mark.parametrize(
    "said",
    [
        {"stop_if": "Stop when it hurts."},
        {"title": "Walking, indoors"},
        {"clinician_text": "Not after a fall."},
        {"cautions": ["Not after a fall."]},
        {"default_dose": {"kind": "activity", "minutes": 5}},
    ],
)
def test_what_says_something_else_may_be_a_correction(
    recalled: ComponentVersion, editor: User, said: dict[str, Any]
) -> None:
    draft = rewrite(start_version(of=recalled, by=editor, now=LATER), editor, **said)
    assert recall_said_again(ComponentVersion.objects.get(pk=draft.pk)) is None


def test_a_corrected_one_is_approved(recalled: ComponentVersion, editor: User, reviewer: User) -> None:
    draft = rewrite(start_version(of=recalled, by=editor, now=LATER), editor, clinician_text="Indoors only.")
    approved(draft, editor, reviewer)
    draft.refresh_from_db()
    assert draft.state == ReviewState.APPROVED
    assert [one.reason for one in recalls_before(draft)] == [REASON]


def test_a_translation_may_be_what_was_wrong(
    recalled: ComponentVersion, editor: User, reviewer: User
) -> None:
    mended = start_version(of=recalled, by=editor, now=LATER)
    words = words_of(mended)["es"] | {"stop_if": "Pare si le duele."}
    mended = save_translation(
        version=mended, language="es", words=words, revision=mended.revision, by=editor, now=LATER
    )
    assert recall_said_again(ComponentVersion.objects.get(pk=mended.pk)) is None
    gone = drop_translation(version=mended, language="es", revision=mended.revision, by=editor, now=LATER)
    assert recall_said_again(ComponentVersion.objects.get(pk=gone.pk)) is not None


@pytest.mark.parametrize("left_out", [["es"], ["es", "tr", "ar"]])
def test_a_translation_left_out_is_no_correction(
    recalled: ComponentVersion, editor: User, reviewer: User, left_out: list[str]
) -> None:
    draft = start_version(of=recalled, by=editor, now=LATER)
    assert set(left_out) <= set(words_of(draft))
    for language in left_out:
        draft = drop_translation(
            version=draft, language=language, revision=draft.revision, by=editor, now=LATER
        )
    assert "nor is a translation left out" in refused(draft, editor, reviewer)


def test_beside_one_left_out_another_may_be_what_was_wrong(recalled: ComponentVersion, editor: User) -> None:
    draft = start_version(of=recalled, by=editor, now=LATER)
    draft = drop_translation(version=draft, language="es", revision=draft.revision, by=editor, now=LATER)
    words = words_of(draft)["tr"] | {"stop_if": "Ağrırsa durun."}
    draft = save_translation(
        version=draft, language="tr", words=words, revision=draft.revision, by=editor, now=LATER
    )
    assert recall_said_again(ComponentVersion.objects.get(pk=draft.pk)) is None


def test_a_correction_that_was_on_its_way_when_it_was_recalled_is_not_lost(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    draft = rewrite(make_next(component_of(clinic, CODE), editor), editor, clinician_text="Indoors only.")
    recall(clinic, CODE)
    draft.refresh_from_db()
    again = start_version(of=draft, by=editor, now=LATER)
    approved(again, editor, reviewer)
    again.refresh_from_db()
    assert again.state == ReviewState.APPROVED


@pytest.mark.parametrize("was_in_use", [True, False])
def test_a_copy_does_not_bring_it_back_under_another_name(
    clinic: Clinic, editor: User, reviewer: User, was_in_use: bool
) -> None:
    original = component_of(clinic, CODE)
    copy = copy_component(of=original, code="ex-ours", title="Our walk", by=editor, now=NOW)
    if was_in_use:
        approved(copy, editor, reviewer)
    recall(clinic, CODE)
    copy.refresh_from_db()
    again = start_version(of=copy, by=editor, now=LATER)
    assert [one.reason for one in recalls_before(again)] == [REASON]
    type(again).objects.filter(pk=again.pk).update(state=ReviewState.IN_REVIEW, submitted_at=LATER)
    again.refresh_from_db()
    with pytest.raises(ReviewRefusal, match=REASON):
        approve_version(version=again, by=reviewer, now=LATER)


def test_an_original_is_free_of_what_its_copy_was_recalled_for(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    original = component_of(clinic, CODE)
    approved(
        copy_component(of=original, code="ex-ours", title="Our walk", by=editor, now=NOW), editor, reviewer
    )
    recall(clinic, "ex-ours")
    draft = start_version(of=original, by=editor, now=LATER)
    assert recalls_before(draft) == []
    approved(draft, editor, reviewer)


def two_open(of: Any, editor: User) -> tuple[Any, Any]:
    """Two newer ones at once, as when a release of Careplans comes while a draft is open."""
    older = make_next(of, editor, submitted=True)
    type(older).objects.filter(pk=older.pk).update(state=ReviewState.RETIRED)
    newer = make_next(of, editor, submitted=True)
    type(older).objects.filter(pk=older.pk).update(state=ReviewState.IN_REVIEW)
    older.refresh_from_db()
    return older, newer


@pytest.mark.parametrize("kind", ["component", "rule"])
def test_what_is_older_does_not_take_the_place_of_what_is_newer(
    clinic: Clinic, editor: User, reviewer: User, kind: str
) -> None:
    make_library(clinic)
    of = component_of(clinic, CODE) if kind == "component" else SafetyRule.objects.filter(clinic=clinic)[0]
    older, newer = two_open(of, editor)
    approve_version(version=newer, by=reviewer, now=LATER)

    with pytest.raises(ReviewRefusal, match="Version 3 was approved already, and this is version 2"):
        approve_version(version=older, by=reviewer, now=LATER)

    newer.refresh_from_db()
    assert newer.state == ReviewState.APPROVED


def test_also_when_the_newer_one_went_out_of_use_since(clinic: Clinic, editor: User, reviewer: User) -> None:
    """Running plans may hold it still, and would count as newer than what is approved."""
    older, newer = two_open(component_of(clinic, CODE), editor)
    approve_version(version=newer, by=reviewer, now=LATER)
    type(newer).objects.filter(pk=newer.pk).update(state=ReviewState.RETIRED)
    with pytest.raises(ReviewRefusal, match="What is older"):
        approve_version(version=older, by=reviewer, now=LATER)


def test_in_their_order_both_are_approved(clinic: Clinic, editor: User, reviewer: User) -> None:
    older, newer = two_open(component_of(clinic, CODE), editor)
    for version in (older, newer):
        approve_version(version=version, by=reviewer, now=LATER)
    older.refresh_from_db()
    assert older.state == ReviewState.RETIRED
    assert make_approved_next(newer, editor, reviewer).number == 4
