"""Names as people mix them up: case, accents, spaces, and given and family name swapped. Pure."""

from __future__ import annotations

import unicodedata

# Letters that carry their stroke or dot inside, so that decomposing does not take it off.
PLAIN_LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
)
APOSTROPHES = frozenset("'’‘ʼ`´")


def fold_name(name: str) -> str:
    """Lower case, no accents, no apostrophes, single spaces: ``"  Çelik-O’Neil"`` → ``"celik oneil"``."""
    folded = _fold_once(name)
    # A few signs come apart into capitals or apostrophes; a folded name has to stay as it is.
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def _fold_once(name: str) -> str:
    bare = "".join(character for character in name if character not in APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", bare.casefold())
    letters = (character for character in decomposed if unicodedata.category(character) not in {"Mn", "Cf"})
    spaced = "".join(
        letter if letter.isalnum() or unicodedata.category(letter) == "Mc" else " " for letter in letters
    )
    return " ".join(spaced.translate(PLAIN_LETTERS).split())


def is_same_name(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two (given, family) names may be one person's."""
    return not _spellings(*one).isdisjoint(_spellings(*other))


def _spellings(given_name: str, family_name: str) -> frozenset[str]:
    given, family = (fold_name(name).replace(" ", "") for name in (given_name, family_name))
    return frozenset({given + family, family + given})
