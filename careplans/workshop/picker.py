"""Choosing components: those that are chosen, ticked, and those the words found, to be ticked. Works as a plain form."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from careplans.accounts.models import Clinic
from careplans.core.text import storable
from careplans.library.models import ComponentIndex
from careplans.library.search import Question, found

MOST_FOUND = 20


@dataclass(frozen=True)
class Named:
    """A component as people call it, by the code that rules name it by."""

    pk: uuid.UUID
    code: str
    title: str


@dataclass(frozen=True)
class Picker:
    """``name`` is the field of the codes, ``find`` that of the words. ``more``: found beside those shown."""

    name: str
    find: str
    chosen: tuple[Named, ...]
    words: str = ""
    found: tuple[Named, ...] = ()
    more: int = 0


def named_by_code(clinic: Clinic, codes: Iterable[str], *, for_keepers: bool = True) -> dict[str, Named]:
    """What components with these codes are called; without keepers' eyes, only what is approved. One query."""
    rows = ComponentIndex.objects.filter(
        clinic=clinic, for_keepers=for_keepers, component__code__in=storable(codes)
    ).values_list("component_id", "component__code", "title")
    return {code: Named(pk, code, title) for pk, code, title in rows}


def titles_by_code(clinic: Clinic, codes: Iterable[str], *, for_keepers: bool = True) -> dict[str, str]:
    named = named_by_code(clinic, codes, for_keepers=for_keepers)
    return {code: one.title for code, one in named.items()}


def picker(clinic: Clinic, *, name: str, codes: Sequence[str], words: str = "") -> Picker:
    """Codes that are not in the library stay chosen, so that nobody takes them out unseen."""
    named = named_by_code(clinic, codes)
    chosen = tuple(named.get(code) or Named(uuid.UUID(int=0), code, code) for code in dict.fromkeys(codes))
    if not words.strip():
        return Picker(name, f"{name}-find", chosen)
    rows = found(clinic, Question(words=words), for_keepers=True, today=timezone.localdate())
    rows = rows.exclude(component__code__in=storable(codes)).select_related("component")
    shown = [Named(row.component_id, row.component.code, row.title) for row in rows[: MOST_FOUND + 1]]
    more = max(rows.count() - MOST_FOUND, 0) if len(shown) > MOST_FOUND else 0
    return Picker(name, f"{name}-find", chosen, words, tuple(shown[:MOST_FOUND]), more)
