"""How hard a template's texts for patients read, and what in them the handout cannot print: part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from careplans.library.edit_template.phases import LISTS
from careplans.workshop.patient_view import Reading, dropped_in, reading_of_lines
from careplans.workshop.said import labels
from careplans.workshop.template_page import TemplatePage


@dataclass(frozen=True)
class PartReading:
    """``place``: what the editor calls the part. ``dropped``: (field, what of it is not printed)."""

    place: str
    reading: Reading
    dropped: tuple[tuple[str, str], ...]


def readings_of(page: TemplatePage) -> tuple[PartReading, ...]:
    """What the template says of itself, then each phase; English, as it is kept now."""
    about = _part(_("About this template"), page.words, ("for_patient",), ("title", "summary", "for_patient"))
    phases = (_part(card.name, card.words, ("name", *LISTS), ("name", *LISTS)) for card in page.phases)
    return (about, *phases)


def _part(
    place: str, words: Mapping[str, Any], read: tuple[str, ...], printed: tuple[str, ...]
) -> PartReading:
    called = labels()
    dropped = dropped_in(words, {name: called[name] for name in printed})
    return PartReading(place, reading_of_lines(_lines(words, read)), tuple(dropped))


def _lines(words: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = words.get(name) or ""
        yield from [value] if isinstance(value, str) else value
