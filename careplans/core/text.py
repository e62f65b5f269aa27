"""Typed text, made safe to keep: composed, stripped, and free of characters that deceive or break. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from careplans.core.refusals import Refusal

# They turn the direction of what follows, so that a name or a dose reads differently from what is stored.
DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Joiners and direction marks belong to the spelling of Persian, Arabic and Indian names.
SPELLING_MARKS = frozenset("\u200c\u200d\u200e\u200f\u061c")
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
# Control, surrogate, unassigned; line and paragraph separators
REFUSED_KINDS = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})


# Why somebody goes on past a stop must say something; "." or a space of no width says nothing.
LETTERS_OF_A_REASON = 10
# What is being done, or why something ends, may be short: "Rang", "Moved away".
LETTERS_OF_A_NOTE = 4


class UnusableText(Refusal):
    """The text holds a character that cannot be kept."""


class TooFewWords(Refusal):
    """Something had to be written in words, and was not."""


def plain_line(text: str) -> str:
    """The text composed (NFC) and stripped; refused when it holds control, invisible or overriding characters."""
    line = unicodedata.normalize("NFC", text).strip()
    for character in line:
        if character in DIRECTION_OVERRIDES:
            raise UnusableText(
                _("This holds a hidden character that turns the writing direction. Type it again by hand.")
            )
        if not _is_plain(character):
            raise UnusableText(
                _("This holds a character that cannot be kept, often from copying. Type it again by hand.")
            )
    return line


def plain_words(text: str, *, letters: int, ask: str) -> str:
    """Text of one or more lines, each plain; refused with ``ask`` when it has fewer ``letters`` than that.

    Digits, signs and characters without width do not count as letters.
    """
    lines = [plain_line(line) for line in text.splitlines()]
    written = "\n".join(lines).strip()
    if sum(character.isalpha() for character in written) < letters:
        raise TooFewWords(ask)
    return written


def _is_plain(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind == "Cf":
        return character in SPELLING_MARKS
    return kind not in REFUSED_KINDS and character != UNREADABLE


def storable(words: Iterable[str]) -> set[str]:
    """Those that a database can be asked for: PostgreSQL knows no text with a NUL in it, so that none is kept."""
    return {word for word in words if "\0" not in word}
