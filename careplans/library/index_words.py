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
# PostgreSQL alone: rows can be held there, and a whole list goes in as one value.
_MAKE_AT_ONCE = """
    INSERT INTO library_indexword (clinic_id, word, everybody, keepers)
    SELECT %s::uuid, word, '', '' FROM unnest(%s::text[]) AS word ON CONFLICT (clinic_id, word) DO NOTHING
"""
_WRITE_AT_ONCE = """
    INSERT INTO library_indexword (clinic_id, word, everybody, keepers)
    SELECT %s::uuid, * FROM unnest(%s::text[], %s::bytea[], %s::bytea[])
    ON CONFLICT (clinic_id, word) DO UPDATE SET everybody = excluded.everybody, keepers = excluded.keepers
"""
_WRITE = """
    INSERT INTO library_indexword (clinic_id, word, everybody, keepers) VALUES (%s, %s, %s, %s)
    ON CONFLICT (clinic_id, word) DO UPDATE SET everybody = excluded.everybody, keepers = excluded.keepers
"""


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
        with connection.cursor() as cursor:
            cursor.execute(_MAKE_AT_ONCE, [_key_of(clinic_id, model), list(changes)])
    there = model.objects.select_for_update().filter(clinic=clinic_id, word__in=list(changes))
    columns = there.order_by("word").values_list("word", "everybody", "keepers")
    held = {word: (everybody, keepers) for word, everybody, keepers in columns}
    rows = [
        (word, *_marked(held.get(word, (b"", b"")), changes[word]))
        for word in changes  # in the order of the words
    ]
    is_held = [row for row in rows if row[1] or row[2]]
    _write(clinic_id, is_held, model)
    gone = [word for word, everybody, keepers in rows if not (everybody or keepers)]
    if gone:
        model.objects.filter(clinic=clinic_id, word__in=gone).delete()


def _marked(before: tuple[Any, Any], change: Change) -> tuple[bytes, bytes]:
    """The bits of everybody and of the keepers, as they are to be written."""
    everybody, keepers = (
        (_bits(old) | change.puts[column]) & ~change.takes[column]
        for old, column in zip(before, ("everybody", "keepers"), strict=True)
    )
    return _bytes(everybody), _bytes(keepers)


def _write(clinic_id: uuid.UUID, rows: Sequence[tuple[str, bytes, bytes]], model: Any) -> None:
    """In SQL of our own: the library of a clinic has seven thousand words, and as model instances they took longer
    than everything else it is loaded with."""
    if not rows:
        return
    clinic = _key_of(clinic_id, model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_WRITE_AT_ONCE, [clinic, *map(list, zip(*rows, strict=True))])
        else:
            cursor.executemany(_WRITE, [(clinic, *row) for row in rows])


def _key_of(clinic_id: uuid.UUID, model: Any) -> Any:
    """As this database keeps it."""
    return model._meta.get_field("clinic").target_field.get_db_prep_value(clinic_id, connection)


def give_places(components: Sequence[Any]) -> None:
    """To those that have none yet. The clinic is held meanwhile: no two get the same.

    Before the components are held, as whoever makes one holds its clinic first.
    """
    new = Component.objects.filter(pk__in=components, indexed=None).order_by("pk")
    for clinic in (
        Clinic.objects.select_for_update(no_key=True)
        .filter(pk__in=new.order_by().values("clinic"))
        .order_by("pk")
    ):
        last = IndexedComponent.objects.filter(clinic=clinic).aggregate(last=Max("place"))["last"]
        first = 0 if last is None else last + 1
        IndexedComponent.objects.bulk_create(
            IndexedComponent(component_id=pk, clinic=clinic, place=place)
            for place, pk in enumerate(new.filter(clinic=clinic).values_list("pk", flat=True), start=first)
        )


def _bytes(bits: int) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _bits(places: Any) -> int:
    return int.from_bytes(bytes(places), "little")
