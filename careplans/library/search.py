"""Finding components: what is written into the index, and how it is asked.

The same on SQLite and PostgreSQL: what was typed is looked for in every different folded word of the clinic's library,
and each of those knows its components (``index_words``). What they are filtered and sorted by stands in narrow rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from operator import and_
from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, When

from careplans.accounts.models import Clinic
from careplans.library.index import ComponentIndex, IndexedComponent, IndexWord
from careplans.library.index_words import (
    Changes,
    change_of,
    give_places,
    listed,
    mark,
    new_changes,
    packed,
    places_holding,
)
from careplans.library.models import Component, ComponentVersion, ReviewedContent, ReviewState

LANGUAGE_OF_TITLES = "en"
OPEN = (ReviewState.DRAFT, ReviewState.IN_REVIEW)
# Beside the states of versions: approved, and its review date has come.
DUE = "due"
AT_ONCE = 500
# Of one question; what is typed after them is not looked for.
MOST_WORDS = 12
# What falls off as a mark, such as hamza and madda of an alef, needs no line here. Arabic as Lucene's normaliser has it.
LETTERS = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}
ARABIC_LETTERS = {"ٱ": "ا", "ى": "ي", "ة": "ه", "\N{ARABIC TATWEEL}": None}
AS_WRITTEN = str.maketrans({**LETTERS, **ARABIC_LETTERS})
WORD = re.compile(r"\w+")
_waiting: ContextVar[set[Any] | None] = ContextVar("waiting", default=None)


def fold(text: str) -> str:
    """The text without case, accents and other marks, so that people find what they type in a hurry.

    Turkish dotless i is i, Arabic is without vowel signs and tatweel, and every alef is a plain one.
    """
    if text.isascii():
        return text.lower()
    # Twice: some signs show their case only when they are taken apart.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(one for one in apart if not unicodedata.combining(one))
    return plain.translate(AS_WRITTEN)


# The starter library has some 4,500 texts, and each clinic loads the same.
@lru_cache(maxsize=10_000)
def words_of(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(fold(text)))


@dataclass(frozen=True)
class Question:
    """What somebody looks for; what is empty is not asked. ``state`` is a state of a version or ``DUE``."""

    words: str = ""
    category: str = ""
    region: str = ""
    equipment: str = ""
    grade: str = ""
    state: str = ""


def found(clinic: Clinic, asked: Question, *, for_keepers: bool, today: date) -> QuerySet[ComponentIndex]:
    """Components that hold every word and fit every filter: titles that begin with the words first, then titles whose
    words begin with them ("ice" finds "Heat or ice" before "Slice by slice"), then titles that hold them all, then the
    rest, each by title. Without ``for_keepers`` nothing but approved content is looked at."""
    rows = _rows_for(clinic, for_keepers=for_keepers).filter(*_filters(asked, today))
    words = words_of(asked.words)[:MOST_WORDS]
    if not words:
        return rows.order_by("title_words", "pk")
    rows = rows.filter(_in_places(places_holding(clinic, words, for_keepers=for_keepers)))
    begun = (Q(title_words__startswith=word) | Q(title_words__contains=f" {word}") for word in words)
    held = (Q(title_words__contains=word) for word in words)
    rank = Case(
        When(title_words__startswith=" ".join(words), then=0),
        When(reduce(and_, begun), then=1),
        When(reduce(and_, held), then=2),
        default=3,
        output_field=IntegerField(),
    )
    return rows.order_by(rank, "title_words", "pk")


def _in_places(bits: int) -> Q:
    """By those that are there or those that are not, whichever are fewer."""
    there = listed(bits)
    if len(there) * 2 <= bits.bit_length():
        return Q(place__in=there)
    return Q(place__lt=bits.bit_length()) & ~Q(place__in=listed(bits ^ ((1 << bits.bit_length()) - 1)))


def equipment_in(clinic: Clinic, *, for_keepers: bool) -> list[str]:
    """Every piece of equipment that some component needs, for choosing one."""
    rows = _rows_for(clinic, for_keepers=for_keepers)
    held = rows.order_by().values_list("equipment", flat=True).distinct()
    return sorted({one for equipment in held for one in equipment.split("\n") if one}, key=fold)


def _rows_for(clinic: Clinic, *, for_keepers: bool) -> QuerySet[ComponentIndex]:
    """``in`` and not ``=``: a bare true or false in the condition would keep SQLite from reading in the index's order."""
    return ComponentIndex.objects.filter(clinic=clinic, for_keepers__in=[for_keepers])


def _filters(asked: Question, today: date) -> Iterator[Q]:
    if asked.category:
        yield Q(category=asked.category)
    for column, value in (
        ("regions", asked.region),
        ("equipment", asked.equipment),
        ("grades", asked.grade),
        ("states", "" if asked.state == DUE else asked.state),
    ):
        if value:
            yield Q(**{f"{column}__contains": f"\n{value}\n"})
    if asked.state == DUE:
        yield Q(review_due_on__lte=today)


def index_version(version: ReviewedContent) -> None:
    """After a step of a version's life. Only components are found by the index."""
    if isinstance(version, ComponentVersion):
        index_component(version.component)


def index_component(component: Component) -> None:
    """After a draft of it was saved."""
    index_components([component.pk])


@contextmanager
def indexed_at_the_end(*, for_good: bool = True) -> Iterator[None]:
    """Around many steps of one transaction: their components are indexed once, when all of them are done.

    Words are held in their order. Who wrote one component after the other would hold the last words of the one while
    it waits for the first words of the other. Not at all where it is not ``for_good``: what is undone is never looked for.
    """
    waiting: set[Any] = set()
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    if for_good:
        index_components(waiting)


@transaction.atomic
def index_components(components: Iterable[Any]) -> None:
    """Write the rows of these components, by their keys, as their versions are now."""
    keys = sorted(components)
    waiting = _waiting.get()
    if waiting is not None:
        waiting.update(keys)
        return
    for start in range(0, len(keys), AT_ONCE):
        _index(keys[start : start + AT_ONCE])


@transaction.atomic
def reindex(clinic: Clinic) -> int:
    """All of a clinic's index anew; how many components there are."""
    for model in (ComponentIndex, IndexWord, IndexedComponent):
        model._default_manager.filter(clinic=clinic).delete()
    keys = list(Component.objects.filter(clinic=clinic).values_list("pk", flat=True))
    index_components(keys)
    return len(keys)


def _index(keys: Sequence[Any]) -> None:
    give_places(keys)
    # Held in one order: of two who write the same component at once, the second reads what the first has written.
    held = Component.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    by_component: dict[Any, list[ComponentVersion]] = {component.pk: [] for component in held}
    versions = ComponentVersion.objects.filter(component__in=keys).select_related("component")
    for version in versions.prefetch_related("texts").order_by("number"):
        by_component[version.component_id].append(version)
    indexed = list(IndexedComponent.objects.filter(component__in=keys))
    changes: dict[Any, Changes] = defaultdict(new_changes)
    rows = []
    for one in indexed:
        for row in set_words(one, by_component[one.component_id], changes[one.clinic_id]):
            rows.append(ComponentIndex(**row))
    ComponentIndex.objects.filter(component__in=keys).delete()
    ComponentIndex.objects.bulk_create(rows)
    IndexedComponent.objects.bulk_create(
        indexed,
        update_conflicts=True,
        unique_fields=["component"],
        update_fields=["words", "keepers_words"],
    )
    for clinic_id in sorted(changes):
        mark(clinic_id, changes[clinic_id])


def set_words(indexed: Any, versions: Sequence[Any], changes: Changes) -> list[dict[str, Any]]:
    """The rows of one component. Its words go into ``indexed``, and what they change into ``changes``."""
    before = {"everybody": indexed.words, "keepers": indexed.keepers_words}
    after = {"everybody": "", "keepers": ""}
    rows = []
    for row in rows_of(versions):
        after["keepers" if row["for_keepers"] else "everybody"] = row["words"]
        rows.append(
            {name: value for name, value in row.items() if name != "words"} | {"place": indexed.place}
        )
    indexed.words, indexed.keepers_words = after["everybody"], after["keepers"]
    change_of(indexed.place, before, after, changes)
    return rows


def rows_of(versions: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The rows of one component: ``versions`` are all of it, oldest first, with texts and component."""
    approved = [one for one in versions if one.state == ReviewState.APPROVED]
    is_open = [one for one in versions if one.state in OPEN]
    for_all = _row(approved, for_keepers=False) if approved else None
    if for_all:
        yield for_all
    if for_all and not is_open:
        yield for_all | {"for_keepers": True}
    elif versions:
        yield _row(list(dict.fromkeys([*(approved or versions[-1:]), *is_open])), for_keepers=True)


def _row(versions: Sequence[Any], *, for_keepers: bool) -> dict[str, Any]:
    """The first one gives the title; all of them give words, and what they can be filtered by."""
    first = versions[0]
    title = title_in(first)
    due = first.review_due_on if first.state == ReviewState.APPROVED else None
    return {
        "component_id": first.component_id,
        "clinic_id": first.component.clinic_id,
        "for_keepers": for_keepers,
        "title": title[:200],
        "title_words": " ".join(words_of(title))[:400],
        "words": packed(word for one in versions for text in _texts_of(one) for word in words_of(text)),
        "category": first.component.category,
        "regions": _listed((region for one in versions for region in one.body_regions), most=200),
        "equipment": _listed((thing for one in versions for thing in one.equipment), most=400),
        "grades": _listed((one.grade for one in versions), most=80),
        "states": _listed((one.state for one in versions), most=80),
        "review_due_on": due,
    }


def title_in(version: Any) -> str:
    """The English title; a draft that has none yet is called by its code."""
    titles = (text.title for text in version.texts.all() if text.language == LANGUAGE_OF_TITLES)
    return str(next(titles, "") or version.component.code)


def _texts_of(version: Any) -> Iterator[str]:
    yield version.component.code
    yield version.clinician_text
    yield version.effect_text
    yield from version.cautions
    yield from (tag.replace("_", " ") for tag in version.tags)
    yield from version.equipment
    for cited in version.sources:
        yield f"{cited.get('source', '')} {cited.get('says', '')}"
    for text in version.texts.all():
        yield from (text.title, text.why, *text.steps, text.feel, text.watch_for, text.stop_if)


def _listed(values: Iterable[str], *, most: int) -> str:
    """Between line ends, each once; what would not fit is left out whole."""
    listed = "\n"
    for value in dict.fromkeys(" ".join(str(one).split()) for one in values):
        if value and len(listed) + len(value) < most:
            listed += f"{value}\n"
    return listed
