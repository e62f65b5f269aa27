"""Finding components: what words are folded to, what comes first, and that the index follows every verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.record import SYSTEM
from careplans.library.index_words import listed, packed
from careplans.library.load import load_starter
from careplans.library.models import (
    Component,
    ComponentIndex,
    ComponentVersion,
    IndexedComponent,
    IndexWord,
)
from careplans.library.recall import recall_component
from careplans.library.retire import drop_draft, retire_version
from careplans.library.review import (
    approve_version,
    keep_version,
    send_back,
    start_version,
    submit_for_review,
)
from careplans.library.search import Question, fold, found, index_components, words_of
from tests.factories import NOW, make_staff
from tests.make.library import WHY, editor_of, make_next, reviewer_of, rewrite
from tests.make.plans import component_of, make_library

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Ejercicio de CUÁDRICEPS", "ejercicio de cuadriceps"),
        ("Sırt İÇİN ığdır", "sirt icin igdir"),
        ("تَمْرِينٌ", "تمرين"),
        ("تـــمرين", "تمرين"),
        ("أسفل إلى آخر ٱلظهر", "اسفل الي اخر الظهر"),
        ("Straße ﬁne", "strasse fine"),
        ("Køln", "koln"),
    ],
)
def test_words_are_folded(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.text(alphabet="abاé", min_size=1, max_size=6)))
def test_every_word_is_still_found_in_what_is_packed(words: list[str]) -> None:
    assert all(word in packed(words) for word in words)


def asked(clinic: Clinic, words: str, *, for_keepers: bool = False, **filters: str) -> list[str]:
    question = Question(words=words, **filters)
    rows = found(clinic, question, for_keepers=for_keepers, today=TODAY)
    return [row.component.code for row in rows.select_related("component")]


def test_every_word_must_be_found(clinic: Clinic) -> None:
    make_library(clinic)

    assert "ex-pelvic-tilt" in asked(clinic, "tilt pelvic")
    assert asked(clinic, "pelvic zebra") == []


def test_titles_come_first(clinic: Clinic) -> None:
    """Those that begin with the words, then those with words that do, those that hold them within one, then what says
    them somewhere; each by title."""
    by = editor_of(clinic)
    begins, within = component_of(clinic, "ex-walking"), component_of(clinic, "ex-bird-dog")
    holds, says = component_of(clinic, "ex-wall-squat"), component_of(clinic, "ex-bridge")
    for version, words in (
        (begins, {"title": "Zebra walk"}),
        (within, {"title": "A grazebra"}),
        (holds, {"title": "A squat like a zebra"}),
        (says, {"why": "Strong as a zebra."}),
    ):
        rewrite(make_next(version, by), by, **words)
        ComponentVersion.objects.filter(pk=version.pk).update(state="retired")
        index_components([version.component_id])

    assert asked(clinic, "zebra", for_keepers=True) == [
        "ex-walking", "ex-wall-squat", "ex-bird-dog", "ex-bridge",
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["%", "_", "\\", "' or 1=1", "100 %"])
def test_signs_of_a_pattern_are_words_or_nothing(words: str, clinic: Clinic) -> None:
    make_library(clinic)
    everything = asked(clinic, "")
    plain = " ".join(words_of(words))
    assert asked(clinic, words) == asked(clinic, plain)
    assert (asked(clinic, words) == everything) == (not plain)


def test_codes_tags_equipment_and_sources_are_found(clinic: Clinic) -> None:
    version = component_of(clinic, "ex-pelvic-tilt")
    for words in ("ex-pelvic-tilt", version.tags[0], version.equipment[0], version.sources[0]["source"]):
        assert "ex-pelvic-tilt" in asked(clinic, words), words


def test_every_language_is_found(clinic: Clinic) -> None:
    version = component_of(clinic, "ex-walking")
    by = editor_of(clinic)
    draft = make_next(version, by)
    draft.texts.create(language="fa", title="المَشْي أوّلًا", why="…")
    index_components([version.component_id])

    assert asked(clinic, "المشي اولا", for_keepers=True) == ["ex-walking"]


def test_what_is_retired_is_found_by_keepers_alone(clinic: Clinic) -> None:
    version = component_of(clinic, "ex-walking")
    retire_version(version=version, reason=WHY, by=reviewer_of(clinic), now=NOW)

    assert "ex-walking" not in asked(clinic, "ex-walking")
    assert "ex-walking" in asked(clinic, "ex-walking", for_keepers=True, state="retired")


# Every verb that changes what is found, and the state it begins in.
def _start(version: ComponentVersion, editor: User, reviewer: User) -> None:
    start_version(of=version, by=editor, now=NOW)


def _write(version: ComponentVersion, editor: User, reviewer: User) -> None:
    rewrite(make_next(version, editor), editor, title="Quite another title")


def _submit(version: ComponentVersion, editor: User, reviewer: User) -> None:
    make_next(version, editor, submitted=True)


def _send_back(version: ComponentVersion, editor: User, reviewer: User) -> None:
    draft = make_next(version, editor, submitted=True)
    send_back(version=draft, comment="Say how long each time.", by=reviewer, now=NOW)


def _approve(version: ComponentVersion, editor: User, reviewer: User) -> None:
    draft = rewrite(make_next(version, editor), editor, clinician_text="Quite another text")
    submit_for_review(version=draft, by=editor, now=NOW)
    approve_version(version=draft, by=reviewer, now=NOW)


def _retire(version: ComponentVersion, editor: User, reviewer: User) -> None:
    retire_version(version=version, reason=WHY, by=reviewer, now=NOW)


def _drop(version: ComponentVersion, editor: User, reviewer: User) -> None:
    drop_draft(version=make_next(version, editor), reason=WHY, by=editor, now=NOW)


def _recall(version: ComponentVersion, editor: User, reviewer: User) -> None:
    recall_component(component=version.component, reason=WHY, by=reviewer, now=NOW)


def _keep(version: ComponentVersion, editor: User, reviewer: User) -> None:
    due_on = TODAY + timedelta(days=90)
    keep_version(version=version, seen_due_on=version.review_due_on, due_on=due_on, by=reviewer, now=NOW)


@pytest.mark.parametrize(
    "verb", [_start, _write, _submit, _send_back, _approve, _retire, _drop, _recall, _keep]
)
def test_after_each_verb_the_index_is_as_if_made_anew(
    verb: Callable[[ComponentVersion, User, User], None], clinic: Clinic
) -> None:
    version = component_of(clinic, "ex-walking")
    before = rows_of(clinic)

    verb(version, editor_of(clinic), reviewer_of(clinic))
    after = rows_of(clinic)

    call_command("reindex_library", stdout=StringIO())
    assert after == rows_of(clinic)
    # What is dropped leaves everything as it was.
    assert (after != before) == (verb is not _drop)


def test_a_first_load_is_found_whole(clinic: Clinic) -> None:
    load_starter(clinic=clinic, by=SYSTEM, now=NOW)
    number = Component.objects.filter(clinic=clinic).count()
    assert len(asked(clinic, "")) == len(asked(clinic, "", for_keepers=True)) == number


def rows_of(clinic: Clinic) -> list[Any]:
    """All that stands in the index, with components for places: those may be given anew."""
    rows = ComponentIndex.objects.filter(clinic=clinic).order_by("component__code", "for_keepers")
    codes = dict(IndexedComponent.objects.filter(clinic=clinic).values_list("place", "component__code"))
    words = IndexWord.objects.filter(clinic=clinic).order_by("word")
    return [
        *(
            {name: value for name, value in row.items() if name not in ("id", "place")}
            for row in rows.values()
        ),
        *((one.word, [codes_in(places, codes) for places in (one.everybody, one.keepers)]) for one in words),
    ]


def codes_in(places: bytes, codes: dict[int, str]) -> set[str]:
    return {codes[place] for place in listed(int.from_bytes(bytes(places), "little"))}


def test_each_component_is_found_by_exactly_its_own_words(clinic: Clinic) -> None:
    make_library(clinic)
    held = IndexedComponent.objects.filter(clinic=clinic).select_related("component")
    words = {one.component.code: set(one.words.split()) for one in held}
    codes = {one.place: one.component.code for one in held}

    for one in IndexWord.objects.filter(clinic=clinic):
        assert codes_in(one.everybody, codes) == {code for code, own in words.items() if one.word in own}


@given(st.sets(st.integers(min_value=0, max_value=300)))
def test_places_are_the_bits_that_are_set(places: set[int]) -> None:
    assert listed(sum(1 << place for place in places)) == sorted(places)


def test_a_word_nobody_says_any_more_is_gone(clinic: Clinic) -> None:
    by = editor_of(clinic)
    draft = rewrite(make_next(component_of(clinic, "ex-walking"), by), by, why="Like a zebra.")
    assert IndexWord.objects.get(word="zebra").everybody == b""

    rewrite(draft, by, why="Like a horse.")

    assert not IndexWord.objects.filter(word="zebra").exists()
    assert asked(clinic, "zebra", for_keepers=True) == []


def test_two_clinics_share_no_word(clinic: Clinic, other_clinic: Clinic) -> None:
    make_library(other_clinic)
    by = editor_of(clinic)
    rewrite(make_next(component_of(clinic, "ex-walking"), by), by, why="Like a zebra.")

    assert asked(other_clinic, "zebra", for_keepers=True) == []
    assert set(asked(other_clinic, "walking")) == set(asked(clinic, "walking"))


def test_more_found_than_not_is_found_whole(clinic: Clinic) -> None:
    """Asked of the database by what is left out."""
    make_library(clinic)
    everything = set(asked(clinic, ""))
    common = set(asked(clinic, "e"))
    assert len(common) > len(everything) / 2
    texts = IndexedComponent.objects.filter(clinic=clinic).values_list("component__code", "words")
    assert common == {code for code, words in texts if "e" in words}


def test_lists_too_long_to_keep_are_cut_between_their_items(clinic: Clinic) -> None:
    by = make_staff(clinic, Role.EDITOR)
    draft = make_next(component_of(clinic, "ex-walking"), by)
    rewrite(draft, by, equipment=[f"thing number {number:03}" for number in range(60)])

    row = ComponentIndex.objects.get(component=draft.component, for_keepers=True)

    assert len(row.equipment) <= 400
    assert all(len(one) == len("thing number 000") for one in row.equipment.split("\n") if "thing" in one)
