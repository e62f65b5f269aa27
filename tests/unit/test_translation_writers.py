"""Whose words a translation is: none of its writers approves it, in whatever version they wrote, and no approval outlives
a change on either side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.copies import copy_component
from careplans.library.models import ComponentVersion, RedFlag, ReviewedContent
from careplans.library.retire import drop_draft
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.translation_approvals import approve_translation
from careplans.library.translations import (
    is_approved,
    passages_of,
    save_translation,
    sha_of,
    standing_of,
    words_of,
)
from careplans.library.versions import ReviewRefusal
from careplans.plans.assemble import draft_document
from tests.factories import NOW, make_staff
from tests.make.library import rewrite
from tests.make.plans import component_of, make_draft, template_of
from tests.make.written import take_other_languages_out

pytestmark = pytest.mark.django_db
CODE = "ex-gentle-mobility"
KINDS = ("component", "template", "red_flag")


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def translator(clinic: Clinic) -> User:
    """Writes and reviews: what they may not do is both of the same words."""
    return make_staff(clinic, Role.EDITOR, Role.REVIEWER, languages=["es"])


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER, languages=["es"])


def fresh(version: Any) -> Any:
    return type(version).objects.get(pk=version.pk)


def say(draft: Any, by: User, **passages: Any) -> Any:
    """Change passages of the Spanish in a draft; by position, for kinds that call theirs otherwise."""
    draft = fresh(draft)
    words = words_of(draft)["es"] | passages
    return save_translation(
        version=draft, language="es", words=words, revision=draft.revision, by=by, now=NOW
    )


def line_keys(version: ReviewedContent) -> list[str]:
    return [one.key for one in passages_of(version) if not one.is_list and not one.group]


def in_use(draft: Any, editor: User, reviewer: User) -> Any:
    submit_for_review(version=fresh(draft), by=editor, now=NOW)
    approve_version(version=fresh(draft), by=reviewer, now=NOW)
    return fresh(draft)


def approve(version: Any, by: User) -> Any:
    said = words_of(version)
    sha256 = sha_of(said["en"], said["es"])
    return approve_translation(
        version=version, language="es", sha256=sha256, has_compared=True, by=by, now=NOW
    )


def first_of(kind: str, clinic: Clinic) -> Any:
    if kind == "template":
        return template_of(clinic)
    component = component_of(clinic, CODE)
    return component if kind == "component" else RedFlag.objects.filter(clinic=clinic).earliest("code")


@pytest.mark.parametrize("kind", KINDS)
def test_who_wrote_a_part_of_it_in_an_earlier_version_does_not_approve_it(
    kind: str, clinic: Clinic, editor: User, translator: User, reviewer: User
) -> None:
    """Another editor changed one line since: all the others are still the translator's."""
    first, second = line_keys(first_of(kind, clinic))[:2]
    draft = start_version(of=first_of(kind, clinic), by=translator, now=NOW)
    draft = say(draft, translator, **{first: "Palabras propias.", second: "Otras palabras."})
    told = in_use(draft, translator, reviewer)
    newer = say(start_version(of=told, by=editor, now=NOW), editor, **{second: "Mejor dicho."})
    newest = in_use(newer, editor, reviewer)

    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve(newest, translator)
    approve(newest, reviewer)
    assert is_approved(newest, "es", standing_of(clinic))


def test_one_step_among_others_is_theirs_too(
    clinic: Clinic, editor: User, translator: User, reviewer: User
) -> None:
    original = first_of("component", clinic)
    _first, *steps = words_of(original)["es"]["steps"]
    draft = say(
        start_version(of=original, by=translator, now=NOW), translator, steps=["Primero esto.", *steps]
    )
    told = in_use(draft, translator, reviewer)
    newer = start_version(of=told, by=editor, now=NOW)
    newer = say(newer, editor, steps=["Primero esto.", *steps[:-1], "Al final esto."])
    newest = in_use(newer, editor, reviewer)
    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve(newest, translator)


def test_nothing_of_theirs_is_left_they_may(
    clinic: Clinic, editor: User, translator: User, reviewer: User
) -> None:
    draft = say(
        start_version(of=first_of("component", clinic), by=translator, now=NOW), translator, why="Así."
    )
    told = in_use(draft, translator, reviewer)
    newest = in_use(say(start_version(of=told, by=editor, now=NOW), editor, why="Mejor."), editor, reviewer)
    approve(newest, translator)
    assert is_approved(newest, "es", standing_of(clinic))


def test_words_of_a_dropped_draft_stay_their_writers(
    clinic: Clinic, editor: User, translator: User, reviewer: User
) -> None:
    """Typed again by somebody else in a draft of their own, with another line changed too."""
    original = first_of("component", clinic)
    dropped = say(start_version(of=original, by=translator, now=NOW), translator, why="Palabras propias.")
    drop_draft(version=fresh(dropped), reason="Not needed any more", by=translator, now=NOW)
    again = start_version(of=original, by=editor, now=NOW)
    again = say(again, editor, why="Palabras propias.", feel="Calor.")
    newest = in_use(again, editor, reviewer)
    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve(newest, translator)


def test_a_copy_with_a_line_of_its_own_is_still_its_translators(
    clinic: Clinic, editor: User, translator: User, reviewer: User
) -> None:
    draft = say(
        start_version(of=first_of("component", clinic), by=translator, now=NOW), translator, why="Así."
    )
    told = in_use(draft, translator, reviewer)
    copy = copy_component(of=told, code="ex-ours", title="Ours", by=editor, now=NOW)
    newest = in_use(say(copy, editor, feel="Calor."), editor, reviewer)
    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve(newest, translator)


def other_english(draft: ComponentVersion, by: User) -> ComponentVersion:
    for language in sorted(words_of(draft).keys() - {"en", "es"}):
        draft.texts.filter(language=language).delete()
    return say(rewrite(draft, by, stop_if="Stop at once when it hurts."), by)


def other_spanish(draft: ComponentVersion, by: User) -> ComponentVersion:
    return say(draft, by, stop_if="Pare enseguida si le duele.")


@pytest.mark.parametrize("change", [other_english, other_spanish])
def test_no_approval_stands_after_either_side_changed(
    clinic: Clinic,
    clinician: User,
    editor: User,
    reviewer: User,
    change: Callable[[ComponentVersion, User], ComponentVersion],
) -> None:
    """From the version to what the patient reads: English, until somebody qualified has read it again."""
    version = component_of(clinic, CODE)
    approve(version, reviewer)
    Clinic.objects.filter(pk=clinic.pk).update(approved_translations_only=["es"])
    clinic.refresh_from_db()
    assert told(clinic, clinician) == "es"

    newest = in_use(change(start_version(of=version, by=editor, now=NOW), editor), editor, reviewer)

    assert not is_approved(newest, "es", standing_of(clinic))
    assert told(clinic, clinician) == "en"
    stale = words_of(version)
    with pytest.raises(ReviewRefusal, match="not what you read"):
        approve_translation(
            version=newest,
            language="es",
            sha256=sha_of(stale["en"], stale["es"]),
            has_compared=True,
            by=reviewer,
            now=NOW + timedelta(days=1),
        )
    approve(newest, reviewer)
    assert told(clinic, clinician) == "es"


def told(clinic: Clinic, clinician: User) -> str:
    draft = make_draft(Clinic.objects.get(pk=clinic.pk), clinician, language="es")
    document = draft_document(draft, today=NOW.date())
    return next(item.text_language for item in document.items if item.component_code == CODE)


def test_who_approved_it_and_then_wrote_in_it_does_not_approve_it_again(
    clinic: Clinic, translator: User, reviewer: User
) -> None:
    version = component_of(clinic, CODE)
    approve(version, translator)
    draft = say(start_version(of=version, by=translator, now=NOW), translator, why="Así.")
    newest = in_use(draft, translator, reviewer)
    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve(newest, translator)


def test_a_translation_that_was_taken_out_leaves_no_approval_behind(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    version = component_of(clinic, CODE)
    approve(version, reviewer)
    newest = in_use(
        take_other_languages_out(start_version(of=version, by=editor, now=NOW), editor), editor, reviewer
    )
    assert not is_approved(newest, "es", standing_of(clinic))
