"""A component's text as the handout's card shows it, for those who write and check it. Pure but for the words' language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _

from careplans.handouts.pictures import FOLDER, drawn_file
from careplans.handouts.presenters.cards import Card, DoseLine
from careplans.handouts.words import direction_of
from careplans.library.dose import Dose
from careplans.library.markdown import dropped_by, plain
from careplans.library.models import OwnPicture
from careplans.library.own_picture_files import is_stored
from careplans.library.pictures import picture_alt
from careplans.library.reading import HIGHEST_GRADE, reading_grade
from careplans.workshop.places import own_picture_url

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
# A sentence of more words than this is worth looking at.
LONG_SENTENCE = 14
MOST_LONG = 3
ONE_LINE = ("title", "why", "feel", "watch_for", "stop_if")


@dataclass(frozen=True)
class PatientView:
    """``card`` is what the handout's template draws; ``picture_url`` stands in for the file the PDF would hold."""

    card: Card
    language: str
    direction: str
    picture_url: str


@dataclass(frozen=True)
class Reading:
    """``grade`` is None where the text is too short to be measured. ``longest``: sentences to begin with."""

    grade: float | None
    is_easy: bool
    words: str
    longest: tuple[str, ...]


def patient_view(words: Mapping[str, Any], dose: Dose | None, picture: str, language: str) -> PatientView:
    """``words``: title, why, steps, feel, watch_for and stop_if in ``language``."""
    file = drawn_file(picture, language)
    has_picture = bool(file)
    with translation.override(language):
        said = dose.in_words() if dose else ""
        named = picture_alt(picture, language) or _("Picture: %(title)s") % {"title": words["title"]}
    card = Card(
        number=1,
        anchor="patient-view",
        title=plain(words["title"]),
        parts="",
        doses=(DoseLine("", said),) if said else (),
        notes=(),
        why=words["why"],
        steps=tuple(words["steps"]),
        feel=words["feel"],
        watch_for=words["watch_for"],
        stop_if=words["stop_if"],
        picture=picture if has_picture else "",
        picture_alt=named if has_picture else "",
        course=(),
        language=language,
    )
    url = static(f"{FOLDER}{file}") if has_picture else ""
    return PatientView(card, language, direction_of(language), url)


def with_own_picture(view: PatientView, own: OwnPicture | None) -> PatientView:
    """The clinic's own picture stands in for the drawn one, as long as its file is there."""
    if own is None or not is_stored(own):
        return view
    alt = own.alts.get(view.language) or str(own)
    card = replace(view.card, picture=own.code, picture_alt=alt)
    return replace(view, picture_url=own_picture_url(own), card=card)


def reading_of(words: Mapping[str, Any]) -> Reading:
    """How hard a component's English text is, in a word, and which sentences are to blame."""
    return reading_of_lines(_lines(words))


def reading_of_lines(lines: Iterable[str]) -> Reading:
    """The same of any English text for patients."""
    text = "\n".join(plain(line) for line in lines)
    grade = reading_grade(text)
    if grade is None:
        return Reading(None, True, _("Too short to be measured yet."), ())
    is_easy = grade <= HIGHEST_GRADE
    verdict = _("easy enough") if is_easy else _("too hard, aim at 6 or below")
    told = _("Grade %(grade)s: %(verdict)s.") % {"grade": f"{grade:.1f}", "verdict": verdict}
    return Reading(grade, is_easy, told, () if is_easy else tuple(_longest(text)))


def dropped_in(words: Mapping[str, Any], labels: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Which field holds what the handout cannot print: (label, what), each once."""
    found: dict[tuple[str, str], None] = {}
    for name, label in labels.items():
        value = words.get(name, "")
        for text in [value] if isinstance(value, str) else value:
            for what in dropped_by(text, with_lists=name == "clinician_text"):
                found[(str(label), what)] = None
    return list(found)


def _lines(words: Mapping[str, Any]) -> Iterator[str]:
    for name in ("title", "why", "steps", "feel", "watch_for", "stop_if"):
        value = words[name]
        yield from [value] if isinstance(value, str) else value


def _longest(text: str) -> list[str]:
    sentences = [one.strip() for one in SENTENCE_END.split(text) if one.strip()]
    long = [one for one in sentences if len(one.split()) > LONG_SENTENCE]
    return sorted(long or sentences, key=lambda one: -len(one.split()))[:MOST_LONG]
