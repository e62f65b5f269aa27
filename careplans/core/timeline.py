"""Lays the phases of a plan along a line: shares, today's place, which phase is running. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

State = Literal["past", "current", "future"]
OPEN_END_DAYS = 28  # how much room a phase without an end is given, at most


@dataclass(frozen=True)
class PhaseSpan:
    """One phase to draw. ``ends_on`` is its last day; ``None`` means it has no set end."""

    name: str
    starts_on: date
    ends_on: date | None
    is_current: bool = False  # set it where a decision, not the date, starts phases
    note: str = ""
    url: str = ""
    when: str = ""  # said in place of the dates, where the days belong to no calendar


@dataclass(frozen=True)
class Mark:
    """A check-in on the line: ``done``, ``due``, ``missed``, or ``planned`` where there is no patient yet."""

    on: date
    kind: Literal["done", "due", "missed", "planned"]
    label: str


@dataclass(frozen=True)
class LaidPhase:
    number: int
    span: PhaseSpan
    share: int  # per cent of the line, at least 1
    state: State
    day: int | None  # which day of the phase today is, from 1
    days: int | None  # length in days


@dataclass(frozen=True)
class LaidMark:
    mark: Mark
    place: int  # per cent from the start


@dataclass(frozen=True)
class Timeline:
    phases: tuple[LaidPhase, ...]
    marks: tuple[LaidMark, ...]
    today: date | None
    today_place: int | None  # per cent from the start; None when today lies outside
    is_open: bool

    @property
    def today_near(self) -> str:
        """Which end today's label must lean away from."""
        if self.today_place is None or 8 < self.today_place < 92:
            return ""
        return "is-near-start" if self.today_place <= 8 else "is-near-end"

    @property
    def mark_kinds(self) -> set[str]:
        return {laid.mark.kind for laid in self.marks}


def lay_out(phases: Sequence[PhaseSpan], *, today: date | None, marks: Sequence[Mark] = ()) -> Timeline:
    """Place phases, check-ins and today on one line in true proportion."""
    if not phases:
        return Timeline((), (), today, None, is_open=False)
    ends = [_last_day(phases, index) for index in range(len(phases))]
    first, last = phases[0].starts_on, max(ends)
    total = (last - first).days + 1
    current = _current_index(phases, ends, today)
    laid = []
    for index, (phase, end) in enumerate(zip(phases, ends, strict=True)):
        state, length = _state(index, end, current, today), (end - phase.starts_on).days + 1
        laid.append(
            LaidPhase(
                number=index + 1,
                span=phase,
                share=max(1, min(100, round(100 * length / total))),
                state=state,
                day=(today - phase.starts_on).days + 1 if state == "current" and today else None,
                days=length if phase.ends_on else None,
            )
        )
    placed = tuple(
        LaidMark(mark, _place(mark.on, first, total)) for mark in marks if first <= mark.on <= last
    )
    today_place = _place(today, first, total) if today and first <= today <= last else None
    return Timeline(tuple(laid), placed, today, today_place, is_open=phases[-1].ends_on is None)


def _last_day(phases: Sequence[PhaseSpan], index: int) -> date:
    """The phase's own last day, or the day before the next one, or room enough to be seen."""
    phase = phases[index]
    if phase.ends_on is not None:
        return max(phase.ends_on, phase.starts_on)
    if index + 1 < len(phases):
        return max(phases[index + 1].starts_on - timedelta(days=1), phase.starts_on)
    before = (phase.starts_on - phases[0].starts_on).days
    return phase.starts_on + timedelta(days=min(OPEN_END_DAYS, max(before // 2, 7)))


def _current_index(phases: Sequence[PhaseSpan], ends: Sequence[date], today: date | None) -> int | None:
    """The phase said to be running; otherwise the one today falls into."""
    for index, phase in enumerate(phases):
        if phase.is_current:
            return index
    if today is None:
        return None
    for index, phase in enumerate(phases):
        is_open_last = phase.ends_on is None and index == len(phases) - 1
        if phase.starts_on <= today and (today <= ends[index] or is_open_last):
            return index
    return None


def _state(index: int, end: date, current: int | None, today: date | None) -> State:
    if index == current:
        return "current"
    is_over = index < current if current is not None else today is not None and end < today
    return "past" if is_over else "future"


def _place(day: date, first: date, total: int) -> int:
    """Middle of a day, in per cent of the line."""
    return round(100 * ((day - first).days + 0.5) / total)
