"""Bringing a catalogue up to date with the sources: new texts come in empty, texts no longer used go."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from careplans.core.catalogues.extract import Message
from careplans.core.catalogues.po import Catalogue, Entry


def renewed(catalogue: Catalogue, messages: Mapping[Message, tuple[str, ...]]) -> Catalogue:
    """Every translation whose text still stands in the sources is kept as it is."""
    entries = {}
    for message, places in messages.items():
        forms = catalogue.number_of_forms if message.plural else 1
        old = catalogue.entries.get(message) or Entry(message, ("",) * forms)
        flags = [flag for flag in old.flags if flag != "python-format"]
        if "%(" in message.text + message.plural:
            flags.append("python-format")
        entries[message] = dataclasses.replace(old, places=places, flags=tuple(flags))
    return dataclasses.replace(catalogue, entries=entries)


def missing(catalogue: Catalogue) -> list[Message]:
    """What a patient would read in English."""
    return [
        entry.message
        for entry in catalogue.entries.values()
        if not all(entry.translations) or "fuzzy" in entry.flags
    ]
