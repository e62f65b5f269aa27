"""What becomes of each thing in a file of library content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.library.arriving import ArrivingFile

NEW, NEXT, SAME, KEPT, BUSY, BAD = "new", "next", "same", "kept", "busy", "bad"

READ_OF_A_SOURCE = {
    "title": gettext_lazy("title"),
    "publisher": gettext_lazy("publisher"),
    "published_on": gettext_lazy("published"),
    "covers": gettext_lazy("covers"),
}


@dataclass(frozen=True)
class Row:
    """What becomes of one thing in the file.

    ``kind``: source, component, template, rule, red-flag or file. ``outcome``: "new"; "next" (another version of what
    is there); "same" (nothing to do); "kept" (a source that reads otherwise here: ours stays, and ``problems`` says what differs); "busy" (somebody writes
    or reviews a version of it: left out); "bad".
    """

    kind: str
    code: str
    title: str
    outcome: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    rows: tuple[Row, ...]

    @property
    def bad(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.outcome == BAD)

    @property
    def arriving(self) -> int:
        return sum(row.outcome in (NEW, NEXT) for row in self.rows)

    @property
    def counts(self) -> Counter[str]:
        """Outcome → how many rows have it."""
        return Counter(row.outcome for row in self.rows)

    @property
    def can_be_taken_in(self) -> bool:
        return bool(self.arriving) and not self.bad


def read_otherwise(ours: Any, theirs: Any) -> Iterator[str]:
    """What a source says here and in the file where the two differ, each field in a sentence."""
    for name, label in READ_OF_A_SOURCE.items():
        here, there = getattr(ours, name), getattr(theirs, name)
        if here != there:
            told = {"field": label, "here": _shown(here), "there": _shown(there)}
            yield _("%(field)s: %(here)s stays; the file says %(there)s") % told


def _shown(value: str | date | None) -> str:
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return _("“%(text)s”") % {"text": value} if value else _("nothing")


def report_of(arriving: ArrivingFile) -> Report:
    """What was found when somebody last looked. Taking it in looks again: the library may have changed since."""
    return Report(tuple(Row(**row | {"problems": tuple(row["problems"])}) for row in arriving.report))
