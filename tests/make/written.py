"""Drafts of components, and what the component editor sends for one."""

from __future__ import annotations

from typing import Any

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.copies import copy_component
from careplans.library.models import Component, ComponentVersion
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.translations import drop_translation, words_of
from tests.factories import NOW, make_staff
from tests.make.plans import component_of

# One source with its words, one empty row to add another.
ROWS = {
    "sources-TOTAL_FORMS": "2",
    "sources-INITIAL_FORMS": "1",
    "sources-MIN_NUM_FORMS": "0",
    "sources-MAX_NUM_FORMS": "20",
    "sources-0-source": "B1",
    "sources-0-says": "Core strengthening as a group",
    "sources-1-source": "",
    "sources-1-says": "",
}
TYPED: dict[str, Any] = {
    **ROWS,
    "title": "Bridge, held longer",
    "why": "Strong **seat** muscles help your back.",
    "steps": "Lie on your back.\nLift your hips.",
    "feel": "Your seat works.",
    "watch_for": "A cramp behind the thigh.",
    "stop_if": "Your back hurts.",
    "clinician_text": "Cue the gluteals.\n- not the back",
    "cautions": "No arching",
    "body_regions": ["low_back"],
    "tags": ["exercise", "strengthening"],
    "equipment": "mat",
    "grade": "low",
    "effect": "small_gain",
    "effect_text": "A little less pain.",
    "kind": "repetitions",
    "shown_kind": "repetitions",
    "dose-sets": "2",
    "dose-reps": "12",
    "dose-hold_seconds": "5",
    "dose-times_a_day": "1",
    "dose-days_a_week": "5",
    "picture": "bridge",
    "review_months": "12",
}


def make_component_draft(clinic: Clinic, by: User, code: str = "ex-bridge") -> ComponentVersion:
    """A draft of version 2 of a starter component."""
    return start_version(of=component_of(clinic, code), by=by, now=NOW)


def take_other_languages_out(draft: Any, by: User) -> Any:
    """The draft in English alone: an English text that was changed asks about each translation before review."""
    for language in sorted(words_of(draft).keys() - {"en"}):
        draft = drop_translation(version=draft, language=language, revision=draft.revision, by=by, now=NOW)
    return draft


def make_outdated_copy(clinic: Clinic) -> Component:
    """An own copy of a starter component, in use, whose original has a newer version in use."""
    editor, reviewer = make_staff(clinic, Role.EDITOR), make_staff(clinic, Role.REVIEWER)
    original = component_of(clinic, "ex-dead-bug")
    own = copy_component(of=original, code="ex-own-bug", title="Our dead bug", by=editor, now=NOW)
    for draft in (own, start_version(of=original, by=editor, now=NOW)):
        submit_for_review(version=draft, by=editor, now=NOW)
        approve_version(version=draft, by=reviewer, now=NOW)
    return Component.objects.get(pk=own.component_id)


def typed(version: ComponentVersion, **changes: Any) -> dict[str, Any]:
    """What the editor sends for this draft."""
    return TYPED | {"revision": str(version.revision)} | changes
