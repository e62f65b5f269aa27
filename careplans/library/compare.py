"""Two versions field by field: which words went and which came. Pure: reads what versions say, knows no model.

A field is a text or a list of texts. Lists are compared line by line, so that a step put in between does not make all
later ones look changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

# Words, the spaces between them, and each other sign for itself: joined they are the text again.
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
WORD = re.compile(r"\w+")
# Below this two lines say different things, and words they share by chance would only confuse.
ALIKE = 0.4


@dataclass(frozen=True)
class Said:
    """One field of one version. ``group`` is what it is a part of, such as a phase; label and group name it."""

    label: str
    value: str | tuple[str, ...]
    group: str = ""

    @property
    def name(self) -> tuple[str, str]:
        return self.group, self.label

    @property
    def lines(self) -> tuple[str, ...]:
        if isinstance(self.value, tuple):
            return self.value
        return (self.value,) if self.value else ()


class Fate(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    fate: Fate
    text: str


@dataclass(frozen=True)
class LinePair:
    """A line of the old version beside its line in the new one; None where there is none."""

    old: tuple[Piece, ...] | None
    new: tuple[Piece, ...] | None

    @property
    def is_changed(self) -> bool:
        return any(piece.fate != Fate.SAME for side in (self.old, self.new) for piece in side or ())


@dataclass(frozen=True)
class FieldPair:
    group: str
    label: str
    lines: tuple[LinePair, ...]
    is_list: bool

    @property
    def is_changed(self) -> bool:
        return any(line.is_changed for line in self.lines)

    @property
    def old_lines(self) -> tuple[tuple[Piece, ...], ...]:
        return tuple(line.old for line in self.lines if line.old is not None)

    @property
    def new_lines(self) -> tuple[tuple[Piece, ...], ...]:
        return tuple(line.new for line in self.lines if line.new is not None)


def compare(old: Sequence[Said], new: Sequence[Said]) -> tuple[FieldPair, ...]:
    """Every field of either version, in the order of the new one; one that went stands where it stood before."""
    before = {one.name: one for one in old}
    after = {one.name: one for one in new}
    return tuple(_field(name, before.get(name), after.get(name)) for name in _merged([*before], [*after]))


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _merged(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """All of both, each once: the new order, and each that went after the one it followed."""
    merged = list(new)
    for place, name in enumerate(old):
        if name not in merged:
            merged.insert(merged.index(old[place - 1]) + 1 if place else 0, name)
    return merged


def _field(name: tuple[str, str], old: Said | None, new: Said | None) -> FieldPair:
    group, label = name
    is_list = any(isinstance(one.value, tuple) for one in (old, new) if one is not None)
    lines = _lines(old.lines if old else (), new.lines if new else ())
    return FieldPair(group, label, tuple(lines), is_list)


def _lines(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[LinePair]:
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (LinePair((same := _whole(Fate.SAME, line)), same) for line in old[i:j])
        else:
            for gone, came in zip_longest(old[i:j], new[k:m]):
                yield from _replaced(gone, came)


def _replaced(gone: str | None, came: str | None) -> Iterator[LinePair]:
    if gone is None or came is None or not _are_alike(gone, came):
        if gone is not None:
            yield LinePair(_whole(Fate.GONE, gone), None)
        if came is not None:
            yield LinePair(None, _whole(Fate.NEW, came))
        return
    yield LinePair(*_words(gone, came))


def _are_alike(old: str, new: str) -> bool:
    """By their words: signs and spaces are the same everywhere."""
    before, after = (WORD.findall(text.casefold()) for text in (old, new))
    return SequenceMatcher(None, before, after, autojunk=False).ratio() >= ALIKE


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        # A space between two changed words belongs to the change: one mark and not three.
        is_same = what == "equal" and not (i > 0 and j < len(before) and "".join(before[i:j]).isspace())
        _add(left, Fate.SAME if is_same else Fate.GONE, "".join(before[i:j]))
        _add(right, Fate.SAME if is_same else Fate.NEW, "".join(after[k:m]))
    return tuple(left), tuple(right)


def _add(pieces: list[Piece], fate: Fate, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].fate == fate:
        text = pieces.pop().text + text
    pieces.append(Piece(fate, text))


def _whole(fate: Fate, line: str) -> tuple[Piece, ...]:
    return (Piece(fate, line),) if line else ()
