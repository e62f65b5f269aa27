"""What the trail of a record tells, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from careplans.worklist.json_rows import moment
from careplans.worklist.words import plain

SHOWN = 10
# More are read than shown: somebody who opens ten pages in a row makes one line.
READ = 40


@dataclass(frozen=True)
class TrailLine:
    at: datetime
    who: str
    what: str
    is_look: bool


def trail_lines(rows: Sequence[dict[str, Any]]) -> tuple[TrailLine, ...]:
    """The newest events, those of the same kind in a row as one; ``rows`` newest first."""
    lines: list[TrailLine] = []
    for row in rows:
        what = action_words(row["action"])
        if lines and (lines[-1].who, lines[-1].what) == (row["who"], what):
            continue
        lines.append(TrailLine(moment(row["at"]), row["who"], what, row["kind"] == "look"))
    return tuple(lines[:SHOWN])


_ACTIONS = {
    "patient.registered": gettext_lazy("registered the patient"),
    "patient.changed": gettext_lazy("changed identity or contact"),
    "patient.email_agreed": gettext_lazy("noted consent to e-mail"),
    "patient.email_stopped": gettext_lazy("noted that e-mails stop"),
    "patient.email_refused": gettext_lazy("noted that the address refused a mail"),
    "patient.looked_at": gettext_lazy("looked at the overview"),
    "patient.answers_looked_at": gettext_lazy("looked at the answers"),
    "patient.facts_looked_at": gettext_lazy("looked at the facts"),
    "patient.contact_looked_at": gettext_lazy("looked at the contact data"),
    "patient.episodes_looked_at": gettext_lazy("looked at the episodes"),
    "episode.looked_at": gettext_lazy("looked at an episode"),
    "episode.opened": gettext_lazy("recorded an episode"),
    "episode.changed": gettext_lazy("changed an episode"),
    "episode.closed": gettext_lazy("closed an episode"),
    "patient.new_link_sent": gettext_lazy("mailed a new link on request"),
    "fact.looked_at": gettext_lazy("looked at a fact"),
    "fact.recorded": gettext_lazy("recorded a fact"),
    "fact.ended": gettext_lazy("ended a fact"),
    "fact.withdrawn": gettext_lazy("withdrew a fact"),
    "plan.started": gettext_lazy("started a plan"),
    "plan.revision_started": gettext_lazy("began a revision"),
    "plan.opened_for_building": gettext_lazy("opened the draft"),
    "plan.looked_at": gettext_lazy("looked at the plan"),
    "plan.published": gettext_lazy("published the plan"),
    "plan.completed": gettext_lazy("completed the plan"),
    "plan.stopped": gettext_lazy("stopped the plan"),
    "draft.item_added": gettext_lazy("added to the draft"),
    "draft.item_removed": gettext_lazy("removed from the draft"),
    "draft.item_moved": gettext_lazy("reordered the draft"),
    "draft.dose_changed": gettext_lazy("changed a dose in the draft"),
    "draft.finding_decided": gettext_lazy("answered a safety finding"),
    "draft.check_ins_changed": gettext_lazy("changed the check-in days"),
    "draft.discarded": gettext_lazy("discarded the draft"),
    "check_ins.scheduled": gettext_lazy("planned the check-ins"),
    "check_ins.cancelled": gettext_lazy("cancelled the check-ins"),
    "check_in.asked": gettext_lazy("asked the patient to check in"),
    "check_in.reminded": gettext_lazy("sent a reminder"),
    "check_in.moved_to_phone": gettext_lazy("put a check-in on the phone list"),
    "check_in.answered": gettext_lazy("answered a check-in"),
    "check_in.partly_answered": gettext_lazy("answered part of a check-in"),
    "check_in.added_to": gettext_lazy("added a red flag to an answer"),
    "check_in.missed": gettext_lazy("closed an unanswered check-in"),
    "alert.raised": gettext_lazy("raised an alert"),
    "alert.raised_again": gettext_lazy("raised an alert again"),
    "alert.climbed": gettext_lazy("passed an alert on"),
    "alert.acknowledged": gettext_lazy("acknowledged an alert"),
    "alert.resolved": gettext_lazy("resolved an alert"),
    "check_in.looked_at": gettext_lazy("looked at a check-in"),
    "patient.messages_looked_at": gettext_lazy("looked at the messages"),
    "message.read": gettext_lazy("read a message"),
    "message.retried": gettext_lazy("sent a message again"),
    "alert.looked_at": gettext_lazy("looked at an alert"),
    "handout.requested": gettext_lazy("ordered the handout"),
    "handout.made": gettext_lazy("made the handout"),
    "handout.failed": gettext_lazy("could not make the handout"),
    "handout.opened": gettext_lazy("opened the handout"),
}


def action_words(action: str) -> str:
    """What the trail says somebody did; an action without words of its own stays readable."""
    return str(_ACTIONS.get(action) or plain(action.replace(".", " ")).lower())
