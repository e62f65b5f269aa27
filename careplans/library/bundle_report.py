"""What becomes of each thing in a file of library content. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from careplans.library.arriving import ArrivingFile

NEW, NEXT, SAME, KEPT, BUSY, BAD = "new", "next", "same", "kept", "busy", "bad"


@dataclass(frozen=True)
class Row:
    """What becomes of one thing in the file.

    ``kind``: source, component, template, rule, red-flag or file. ``outcome``: "new"; "next" (another version of what
    is there); "same" (nothing to do); "kept" (a source that reads otherwise here: ours stays); "busy" (somebody writes
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


def report_of(arriving: ArrivingFile) -> Report:
    """What was found when somebody last looked. Taking it in looks again: the library may have changed since."""
    return Report(tuple(Row(**row | {"problems": tuple(row["problems"])}) for row in arriving.report))
