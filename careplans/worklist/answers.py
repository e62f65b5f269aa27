"""An answer as one block to read: said, not said, and asked in vain are three different things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from careplans.checkins.marks import state_words
from careplans.checkins.models import Answer, AnswerItem, CheckIn
from careplans.worklist.json_rows import rows_in
from careplans.worklist.words import barrier_labels, plain, side_effect_labels


@dataclass(frozen=True)
class Done:
    """How far one component was done; ``code`` is a value of ``AnswerItem.Done``."""

    code: str
    label: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class AnswerBlock:
    """``None`` and empty mean "not said"; a zero is a zero."""

    check_in_id: UUID
    day: date
    state: str
    state_label: str
    is_course_end: bool
    answered_at: datetime | None = None
    is_partial: bool = False
    taken_by: str = ""
    pain_now: int | None = None
    pain_worst: int | None = None
    function: int | None = None
    spasms: str = ""
    done: tuple[Done, ...] = ()
    barriers: tuple[str, ...] = ()
    side_effects: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    flags_asked: int = 0
    wants_call: bool = False
    comment: str = ""

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None


def answer_block(check_in: CheckIn, flag_labels: Mapping[str, str]) -> AnswerBlock:
    """``check_in`` from ``check_ins_of``."""
    answer: Answer | None = getattr(check_in, "answer", None)
    head: dict[str, Any] = {
        "check_in_id": check_in.pk,
        "day": check_in.due_on,
        "state": check_in.state,
        "state_label": state_words(check_in),
        "is_course_end": check_in.kind == CheckIn.Kind.COURSE_END,
    }
    if answer is None:
        return AnswerBlock(**head)
    return AnswerBlock(
        **head,
        answered_at=answer.answered_at,
        is_partial=answer.completed_at is None,
        taken_by=answer.taken_by.name if answer.taken_by else "",
        pain_now=answer.pain_now,
        pain_worst=answer.pain_worst,
        function=answer.function,
        spasms=str(answer.get_spasm_frequency_display()),
        done=_done_of(check_in),
        barriers=tuple(barrier_labels(answer.barriers)),
        side_effects=tuple(side_effect_labels(answer.side_effects)),
        flags=tuple(flag_labels.get(code, plain(code)) for code in answer.raised_flags),
        flags_asked=len(answer.red_flags),
        wants_call=answer.wants_call,
        comment=answer.comment,
    )


def _done_of(check_in: CheckIn) -> tuple[Done, ...]:
    """What was done, grouped by how far."""
    rows = rows_in(getattr(check_in, "done_rows", None))
    groups = (
        Done(value, str(label), tuple(row["title"] for row in rows if row["done"] == value))
        for value, label in AnswerItem.Done.choices
    )
    return tuple(group for group in groups if group.titles)
