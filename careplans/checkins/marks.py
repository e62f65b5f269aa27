"""How far each check-in has come, in words and as marks on the plan's timeline."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from careplans.checkins.models import CheckIn
from careplans.core.timeline import Mark


def state_words(check_in: CheckIn) -> str:
    """How far a check-in has come."""
    if check_in.state == CheckIn.State.ASKED:
        return (
            _("to be asked by phone")
            if check_in.channel == CheckIn.Channel.PHONE
            else _("asked, no answer yet")
        )
    return {
        CheckIn.State.SCHEDULED: _("planned"),
        CheckIn.State.ANSWERED: _("answered"),
        CheckIn.State.MISSED: _("not answered"),
    }.get(CheckIn.State(check_in.state), "")


def marks_of(check_ins: Iterable[CheckIn]) -> tuple[Mark, ...]:
    """The check-ins on the plan's timeline."""
    kinds = {CheckIn.State.ANSWERED: "done", CheckIn.State.MISSED: "missed"}
    return tuple(
        Mark(
            on=check_in.due_on,
            kind=kinds.get(CheckIn.State(check_in.state), "due"),  # type: ignore[arg-type]  # values of the table above
            label=f"{date_format(check_in.due_on, 'j M')}: {state_words(check_in)}",
        )
        for check_in in sorted(check_ins, key=lambda row: row.due_on)
    )
