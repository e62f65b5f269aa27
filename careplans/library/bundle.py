"""A library, or a part of one, as a single file: a zip of the same YAML as the starter library, with its pictures.

``careplans.yaml`` says which format; ``sources.yaml``, ``rules.yaml`` and ``red_flags.yaml`` are lists, ``components/`` and
``templates/`` hold one file each, ``pictures/`` the drawings (for looking at) and the clinic's own pictures. Pure: reads
bytes and nothing else, and trusts none of them.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from careplans.core.refusals import Refusal
from careplans.core.text import UnusableText, plain_line
from careplans.library import starter_schema as schema
from careplans.library.bundle_words import said
from careplans.library.whole import ENGLISH, ComponentWords

FORMAT = 1
MANIFEST = "careplans.yaml"
MOST_BYTES = 20 * 1024 * 1024
MOST_ENTRIES = 2000
# Each row is checked against the library in one transaction, which on SQLite keeps everybody else from writing.
MOST_ROWS = 1000
MOST_OF_ONE = 5 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
# What is wrong with one thing: nobody mends more of it at once.
MOST_TOLD = 20
# Of a copy of a copy: how far back a file says where it came from.
MOST_ORIGINS = 20
# Reading these stops where it is told to; the others unfold as much as they hold, whatever is asked for.
PACKED_AS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LISTS = ("sources", "rules", "red_flags")
FOLDERS = ("components", "templates")
NAMES = re.compile(
    r"(careplans|sources|rules|red_flags)\.yaml"
    r"|(components|templates)/[A-Za-z0-9]+([-_][A-Za-z0-9]+)*\.yaml"
    r"|pictures/[a-z0-9-]+\.(svg|png|jpg)"
)


class UnreadableBundle(Refusal):
    """The file as a whole cannot be used; the message says why and what to do."""


class OwnPictureFile(schema.Part):
    """A picture of the clinic's own: its name under ``pictures/``, and what it shows by language."""

    file: schema.Text
    alts: dict[schema.Language, schema.Text]


class OriginFile(schema.Part):
    """What a copy was copied from, and the newest version of it that was looked at where the file was made."""

    code: schema.Code
    number: Annotated[int, Field(ge=0, le=1_000_000)]


# The nearest first, then what that was copied from: a clinic may have the one and not the other.
Origins = Annotated[tuple[OriginFile, ...], Field(max_length=MOST_ORIGINS)]


class BundledComponent(schema.ComponentFile):
    """As in the starter library, except for what a clinic may leave out."""

    effect_text: str = ""
    clinician_text: schema.PrintedOrNothing = ""
    texts: dict[schema.Language, ComponentWords]  # type: ignore[assignment]  # a clinic's text may be shorter
    own_picture: OwnPictureFile | None = None
    origins: Origins = ()


class BundledTemplate(schema.TemplateFile):
    origins: Origins = ()


class BundledRule(schema.RuleFile):
    # A clinic's own may be longer than those of the starter library.
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$", max_length=80)]
    instead: str = ""


class BundledSource(schema.SourceFile):
    publisher: str = ""
    covers: str = ""


Model = TypeVar("Model", bound=BaseModel)
Content = TypeVar("Content", bound=BaseModel)


@dataclass(frozen=True)
class Entry(Generic[Content]):
    """One thing in the file: what it is called there, and either its content or what is wrong with it."""

    name: str
    content: Content | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bundle:
    sources: tuple[Entry[BundledSource], ...] = ()
    components: tuple[Entry[BundledComponent], ...] = ()
    templates: tuple[Entry[BundledTemplate], ...] = ()
    rules: tuple[Entry[BundledRule], ...] = ()
    red_flags: tuple[Entry[schema.RedFlagFile], ...] = ()
    pictures: dict[str, bytes] = field(default_factory=dict)
    # Files that have no place in it.
    strangers: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many things are in it."""
        return sum(map(len, (self.sources, self.components, self.templates, self.rules, self.red_flags)))


def read_bundle(data: bytes) -> Bundle:
    """Everything in the file, each entry read for itself; raises ``UnreadableBundle`` where there is no reading it."""
    files, strangers = _unpacked(data)
    _check_format(files)
    bundle = Bundle(
        sources=tuple(_of_list(files, "sources", BundledSource)),
        components=tuple(_of_folder(files, "components", BundledComponent)),
        templates=tuple(_of_folder(files, "templates", BundledTemplate)),
        rules=tuple(_of_list(files, "rules", BundledRule)),
        red_flags=tuple(_of_list(files, "red_flags", schema.RedFlagFile)),
        pictures={name: held for name, held in files.items() if name.startswith("pictures/")},
        strangers=strangers,
    )
    if not bundle.rows:
        raise UnreadableBundle(_("There is nothing of a library in this file."))
    if bundle.rows > MOST_ROWS:
        raise UnreadableBundle(
            _("There are more than %(most)d things in this file. Export fewer templates at once.")
            % {"most": MOST_ROWS}
        )
    return bundle


# What reading a zip raises where bytes of it are others than they were.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError, LookupError, OverflowError,
)  # fmt: skip


def _unpacked(data: bytes) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """What is in the zip by name, never more than allowed whatever its directory promises; and what has no place."""
    if len(data) > MOST_BYTES:
        raise UnreadableBundle(_("This file is larger than 20 MB. Export fewer templates at once."))
    files: dict[str, bytes] = {}
    strangers: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [one for one in packed.infolist() if not one.filename.endswith("/")]
            if len(entries) > MOST_ENTRIES:
                raise UnreadableBundle(_("There are too many files in this one."))
            if any(entry.compress_type not in PACKED_AS for entry in entries):
                raise UnreadableBundle(
                    _("This file is packed in a way Careplans does not use. Export it again.")
                )
            for entry in entries:
                if not NAMES.fullmatch(entry.filename) or entry.filename in files:
                    strangers.append(entry.filename[:120] or "?")
                    continue
                with packed.open(entry) as file:
                    files[entry.filename] = _at_most(file.read(MOST_OF_ONE + 1), entry.filename)
                if sum(map(len, files.values())) > MOST_UNPACKED:
                    raise UnreadableBundle(_("Unpacked, this file is too large."))
    except _DAMAGED as error:
        raise UnreadableBundle(
            _("This is no file that Careplans has exported, or it is damaged. Export it again.")
        ) from error
    return files, tuple(strangers)


def _at_most(content: bytes, name: str) -> bytes:
    if len(content) > MOST_OF_ONE:
        raise UnreadableBundle(_("Unpacked, %(name)s is too large.") % {"name": name})
    return content


def _check_format(files: dict[str, bytes]) -> None:
    if MANIFEST not in files:
        raise UnreadableBundle(
            _("This zip was not made by Careplans: %(name)s is missing.") % {"name": MANIFEST}
        )
    data, problems = _yaml(files[MANIFEST])
    stated = data.get("format") if isinstance(data, dict) else None
    if problems or type(stated) is not int:
        raise UnreadableBundle(_("%(name)s does not say which format this is.") % {"name": MANIFEST})
    if stated != FORMAT:
        raise UnreadableBundle(
            _(
                "This file has format %(theirs)s, and this Careplans reads format %(ours)s. Update the older one."
            )
            % {"theirs": stated, "ours": FORMAT}
        )


def _of_folder(files: dict[str, bytes], folder: str, model: type[Model]) -> Iterator[Entry[Model]]:
    for name in sorted(files):
        if not name.startswith(f"{folder}/"):
            continue
        data, problems = _yaml(files[name])
        entry = Entry(name, None, problems) if problems else _read(data, model, name)
        stem = name.removeprefix(f"{folder}/").removesuffix(".yaml")
        if entry.content is not None and getattr(entry.content, "code", "") != stem:
            wrong = _("the code inside is “%(code)s”, the file is called “%(stem)s”")
            entry = Entry(name, None, (wrong % {"code": getattr(entry.content, "code", ""), "stem": stem},))
        yield entry


def _of_list(files: dict[str, bytes], what: str, model: type[Model]) -> Iterator[Entry[Model]]:
    name = f"{what}.yaml"
    if name not in files:
        return
    data, problems = _yaml(files[name])
    if problems or not isinstance(data, list):
        yield Entry(name, None, problems or (_("has to be a list"),))
        return
    seen: set[str] = set()
    for number, one in enumerate(data, start=1):
        code = one.get("code") if isinstance(one, dict) else None
        entry = _read(one, model, f"{name}: {code if isinstance(code, str) else number}")
        if isinstance(code, str) and code in seen:
            entry = Entry(entry.name, None, (_("stands twice in this file"),))
        seen.add(str(code))
        yield entry


def _yaml(content: bytes) -> tuple[Any, tuple[str, ...]]:
    try:
        return schema.plain_yaml(content.decode("utf-8")), ()
    except UnicodeDecodeError:
        return None, (_("is not written in UTF-8"),)
    except schema.StarterError as error:
        return None, (str(error),)


def _read(data: Any, model: type[Model], name: str) -> Entry[Model]:
    try:
        content = model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        return Entry(name, None, tuple(dict.fromkeys(map(said, found)))[:MOST_TOLD])
    except RecursionError:
        return Entry(name, None, (_("is nested too deeply"),))
    try:
        for line in _lines(data):
            plain_line(line)
    except UnusableText:
        return Entry(name, None, (_("holds a hidden character that cannot be kept"),))
    if any(ENGLISH not in texts for texts in _all_texts(content)):
        return Entry(name, None, (_("the English text is missing"),))
    return Entry(name, content)


def _lines(data: Any) -> Iterator[str]:
    """Every line of every text in it."""
    match data:
        case str():
            yield from data.split("\n")
        case dict():
            yield from (line for one in data.values() for line in _lines(one))
        case list():
            yield from (line for one in data for line in _lines(one))


def _all_texts(content: BaseModel) -> Iterator[dict[str, Any]]:
    for part in (content, *getattr(content, "phases", ())):
        texts = getattr(part, "texts", None)
        if texts is not None:
            yield texts
