"""What a patient reads is there in all four languages: whole, step for step, with the same numbers, and translated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from careplans.library.starter_schema import PhaseFile
from tests.make.safety import COMPONENTS, STARTER

LANGUAGES = ("es", "tr", "ar")
TEMPLATES = {template.code: template for template in STARTER.templates}
FLAGS = {flag.code: flag for flag in STARTER.red_flags}
PHASES = {
    f"{template.code}-{phase.code}": phase for template in STARTER.templates for phase in template.phases
}
# Short words that are the same in two languages are no sign of a text left in English.
LONG_ENOUGH = 12
ARABIC = re.compile(r"[\u0600-\u06ff]")
# Whom to call, in the words that every text uses for it.
EMERGENCY = {
    "en": "emergency number",
    "es": "número de emergencias",
    "tr": "acil numara",
    "ar": "برقم الطوارئ",
}
TODAY = {"en": "the clinic today", "es": "hoy a la clínica", "tr": "ugün kliniği", "ar": "بالعيادة اليوم"}


def fields(text: Any) -> Iterator[tuple[str, str]]:
    """Each field of a text, a list line by line, with the name of its place."""
    for name, value in text.model_dump().items():
        if isinstance(value, str):
            yield name, value
        else:
            yield from ((f"{name}.{number}", line) for number, line in enumerate(value, start=1))


def numbers(text: str) -> set[int]:
    """The numbers written in digits, of any script."""
    western = "".join(str(unicodedata.digit(sign, sign)) for sign in text)
    return {int(number) for number in re.findall(r"[0-9]+", western)}


def held_to_english(texts: Any, language: str) -> None:
    assert language in texts, f"no text in {language}"
    english, own = dict(fields(texts["en"])), dict(fields(texts[language]))

    assert english.keys() == own.keys()
    for place, said in english.items():
        translated = own[place]
        assert translated.strip(), place
        assert len(said) < LONG_ENOUGH or translated != said, f"{place} is left in English"
        assert bool(ARABIC.search(translated)) == (language == "ar"), f"{place} is in the wrong script"
        for words in (EMERGENCY, TODAY):
            assert said.count(words["en"]) == translated.count(words[language]), f"{place}: whom to call"
    assert numbers(" ".join(english.values())) <= numbers(" ".join(own.values()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(COMPONENTS))
def test_a_component_says_the_same_in_each_language(code: str, language: str) -> None:
    held_to_english(COMPONENTS[code].texts, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(TEMPLATES))
def test_a_template_says_the_same_in_each_language(code: str, language: str) -> None:
    held_to_english(TEMPLATES[code].texts, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phase", PHASES.values(), ids=PHASES)
def test_a_phase_says_the_same_in_each_language(phase: PhaseFile, language: str) -> None:
    held_to_english(phase.texts, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(FLAGS))
def test_a_red_flag_says_the_same_in_each_language(code: str, language: str) -> None:
    held_to_english(FLAGS[code].texts, language)
