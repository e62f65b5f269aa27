"""Reasons and notes hold words: what looks empty or says nothing is refused, whatever it is made of."""

from __future__ import annotations

import pytest

from careplans.core.text import TooFewWords, UnusableText, plain_words

NOTHING_SAID = [
    "",
    " ",
    "\n\n",
    ".",
    "...........",
    "1234567890123",
    "\u200c",
    "\u200d" * 20,
    "ok",
    "n/a",
    "- - - -",
]


@pytest.mark.parametrize("text", NOTHING_SAID)
def test_what_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(TooFewWords, match="Write why"):
        plain_words(text, letters=10, ask="Write why.")


@pytest.mark.parametrize(
    "text", ["\u200bseen by the surgeon", "seen\u2028by the\u202esurgeon", "\0 seen by surgeon"]
)
def test_characters_that_hide_or_turn_are_refused(text: str) -> None:
    with pytest.raises(UnusableText):
        plain_words(text, letters=10, ask="Write why.")


@pytest.mark.parametrize(
    "text", ["Seen by the surgeon.", "Ağrısı azaldı bugün", "Жалоб больше нет", "رأيت المريض اليوم معه"]
)
def test_words_of_any_script_are_kept(text: str) -> None:
    assert plain_words(f"  {text}\n", letters=10, ask="") == text


def test_lines_stay_lines() -> None:
    assert (
        plain_words("Severe flare.\r\n  Seen weekly.  ", letters=10, ask="") == "Severe flare.\nSeen weekly."
    )
