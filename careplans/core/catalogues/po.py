"""Reading, writing and compiling catalogues. No gettext tools and no further package are needed for it."""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from careplans.core.catalogues.extract import Message

MAGIC = 0x950412DE


@dataclass(frozen=True)
class Entry:
    """A message and its translations: one, or one for each plural form. ``flags`` such as ``fuzzy``."""

    message: Message
    translations: tuple[str, ...]
    places: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """``comment`` stands at the top of the file, ``header`` is gettext's own first entry."""

    comment: tuple[str, ...]
    header: str
    entries: Mapping[Message, Entry]

    @property
    def number_of_forms(self) -> int:
        return int(self.header.partition("nplurals=")[2].partition(";")[0])


def read_po(path: Path) -> Catalogue:
    blocks = [block.splitlines() for block in path.read_text(encoding="utf-8").split("\n\n") if block.strip()]
    entries = [_entry(block) for block in blocks]
    if not entries or entries[0].message.text:
        raise ValueError(f"{path} does not begin with a header.")
    comment = tuple(line for line in blocks[0] if line.startswith("# "))
    found = {entry.message: entry for entry in entries[1:]}
    if len(found) != len(entries) - 1:
        raise ValueError(f"{path} holds a message twice.")
    return Catalogue(comment, entries[0].translations[0], found)


def write_po(path: Path, catalogue: Catalogue) -> None:
    head = [*catalogue.comment, 'msgid ""', *_field("msgstr", catalogue.header)]
    blocks = ["\n".join(head), *("\n".join(_lines(entry)) for entry in catalogue.entries.values())]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def compiled(catalogue: Catalogue) -> bytes:
    """The .mo file. A message with a missing or doubtful translation is left out and is shown in English."""
    texts = {"": catalogue.header}
    for entry in catalogue.entries.values():
        if all(entry.translations) and "fuzzy" not in entry.flags:
            texts[_key(entry.message)] = "\0".join(entry.translations)
    pairs = sorted((key.encode(), value.encode()) for key, value in texts.items())
    start = 28 + 16 * len(pairs)
    keys = b"".join(key + b"\0" for key, _value in pairs)
    key_table = _table([key for key, _value in pairs], start)
    value_table = _table([value for _key, value in pairs], start + len(keys))
    head = struct.pack("<7I", MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + key_table + value_table + keys + b"".join(value + b"\0" for _key, value in pairs)


def _table(texts: list[bytes], start: int) -> bytes:
    rows = b""
    for text in texts:
        rows += struct.pack("<2I", len(text), start)
        start += len(text) + 1
    return rows


def _key(message: Message) -> str:
    context = f"{message.context}\4" if message.context else ""
    return context + message.text + (f"\0{message.plural}" if message.plural else "")


def _entry(lines: list[str]) -> Entry:
    places, flags = [], []
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("#: "):
            places.append(line[3:])
        elif line.startswith("#, "):
            flags += [flag.strip() for flag in line[3:].split(",")]
        elif not line.startswith("#"):
            word, _space, rest = line.partition(" ")
            if not line.startswith('"'):
                name, line_text = word, rest
            else:
                line_text = line
            fields[name] = fields.get(name, "") + str(ast.literal_eval(line_text))
    message = Message(fields.get("msgctxt", ""), fields["msgid"], fields.get("msgid_plural", ""))
    translations = tuple(value for field, value in fields.items() if field.startswith("msgstr"))
    return Entry(message, translations, tuple(places), tuple(flags))


def _lines(entry: Entry) -> Iterator[str]:
    yield from (f"#: {place}" for place in entry.places)
    if entry.flags:
        yield "#, " + ", ".join(entry.flags)
    if entry.message.context:
        yield from _field("msgctxt", entry.message.context)
    yield from _field("msgid", entry.message.text)
    if not entry.message.plural:
        yield from _field("msgstr", entry.translations[0])
        return
    yield from _field("msgid_plural", entry.message.plural)
    for number, text in enumerate(entry.translations):
        yield from _field(f"msgstr[{number}]", text)


def _field(name: str, text: str) -> Iterator[str]:
    """On one line, or one line of the file for each line of the text."""
    parts = text.splitlines(keepends=True)
    if len(parts) < 2:
        yield f"{name} {_quoted(text)}"
        return
    yield f'{name} ""'
    yield from (_quoted(part) for part in parts)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
