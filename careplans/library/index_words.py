"""Which components hold a word: bits, by the place of a component in its clinic's index."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Max

from careplans.accounts.models import Clinic
from careplans.library.index import LONGEST_WORD, IndexedComponent, IndexWord
from careplans.library.models import Component

AT_ONCE = 500


@dataclass
class Change:
    """Bits to put in and to take out: of what everybody finds, and of what those who keep the library find."""

    puts: dict[str, int] = field(default_factory=lambda: {"everybody": 0, "keepers": 0})
    takes: dict[str, int] = field(default_factory=lambda: {"everybody": 0, "keepers": 0})


Changes = dict[str, Change]


def packed(words: Iterable[str]) -> str:
    """Each different word once, and none that is found within another one anyway."""
    kept = ""
    for word in sorted({word[:LONGEST_WORD] for word in words}, key=lambda word: (-len(word), word)):
        if word not in kept:
            kept += f" {word}"
    return kept.strip()


def places_holding(clinic: Clinic, words: Sequence[str], *, for_keepers: bool) -> int:
    """The bits of all components that hold each of the words, as a whole word or within one."""
    column = "keepers" if for_keepers else "everybody"
    held = -1
    for word in words:
        found = 0
        holding = IndexWord.objects.filter(clinic=clinic, word__contains=word[:LONGEST_WORD])
        for places in holding.values_list(column, flat=True):
            found |= _bits(places)
        held &= found
        if not held:
            break
    return held


def listed(bits: int) -> list[int]:
    """The places whose bit is set."""
    return [place for place, bit in enumerate(reversed(f"{bits:b}")) if bit == "1"]


def change_of(place: int, before: Mapping[str, str], after: Mapping[str, str], changes: Changes) -> None:
    """What becomes of the words of one component; ``before`` and ``after`` by column, joined by spaces."""
    bit = 1 << place
    for column in ("everybody", "keepers"):
        old, new = set(before[column].split()), set(after[column].split())
        for word in new - old:
            changes[word].puts[column] |= bit
        for word in old - new:
            changes[word].takes[column] |= bit


def new_changes() -> Changes:
    return defaultdict(Change)


def mark(clinic_id: uuid.UUID, changes: Changes, model: Any = IndexWord) -> None:
    """Write the bits. Rows are made and then held in the order of the words: of two who write at once, the second adds
    to what the first has written, and neither waits for the other crosswise."""
    words = sorted(changes)
    for start in range(0, len(words), AT_ONCE):
        _mark(clinic_id, {word: changes[word] for word in words[start : start + AT_ONCE]}, model)


def _mark(clinic_id: uuid.UUID, changes: Mapping[str, Change], model: Any) -> None:
    if connection.features.has_select_for_update:
        # A row that is not there cannot be held.
        model.objects.bulk_create(
            [model(clinic_id=clinic_id, word=word) for word in changes], ignore_conflicts=True
        )
    there = model.objects.select_for_update().filter(clinic=clinic_id, word__in=list(changes))
    held = {row.word: row for row in there.order_by("word")}
    rows = [_marked(model(clinic_id=clinic_id, word=word), held.get(word), changes[word]) for word in changes]
    model.objects.bulk_create(
        [row for row in rows if row.everybody or row.keepers],
        update_conflicts=True,
        unique_fields=["clinic", "word"],
        update_fields=["everybody", "keepers"],
    )
    gone = [row.word for row in rows if not (row.everybody or row.keepers)]
    if gone:
        model.objects.filter(clinic=clinic_id, word__in=gone).delete()


def _marked(row: Any, before: Any, change: Change) -> Any:
    for column in ("everybody", "keepers"):
        old = _bits(getattr(before, column)) if before is not None else 0
        bits = (old | change.puts[column]) & ~change.takes[column]
        setattr(row, column, bits.to_bytes((bits.bit_length() + 7) // 8, "little"))
    return row


def give_places(components: Sequence[Any]) -> None:
    """To those that have none yet. The clinic is held meanwhile: no two get the same.

    Before the components are held, as whoever makes one holds its clinic first.
    """
    new = Component.objects.filter(pk__in=components, indexed=None).order_by("pk")
    for clinic in (
        Clinic.objects.select_for_update().filter(pk__in=new.order_by().values("clinic")).order_by("pk")
    ):
        last = IndexedComponent.objects.filter(clinic=clinic).aggregate(last=Max("place"))["last"]
        first = 0 if last is None else last + 1
        IndexedComponent.objects.bulk_create(
            IndexedComponent(component_id=pk, clinic=clinic, place=place)
            for place, pk in enumerate(new.filter(clinic=clinic).values_list("pk", flat=True), start=first)
        )


def _bits(places: Any) -> int:
    return int.from_bytes(bytes(places), "little")
