"""What the pages say of a message. The fate is told in honest words: nothing is called sent that may not be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.outbox.lifecycle import IN_HANDS, State
from careplans.outbox.mail import LINK, bodies, link_of
from careplans.outbox.models import Message


@dataclass(frozen=True)
class Fate:
    code: str
    word: str | Promise
    icon: str
    explanation: str | Promise
    needs_a_person: bool = False


FATES = {
    fate.code: fate
    for fate in (
        Fate(
            "queued",
            gettext_lazy("Queued"),
            "hourglass-split",
            gettext_lazy("It is on its way and has not left yet."),
        ),
        Fate("sent", gettext_lazy("Sent"), "check-circle", gettext_lazy("The mail server has taken it.")),
        Fate(
            "failed",
            gettext_lazy("Could not be sent"),
            "x-circle-fill",
            gettext_lazy("The person has not got it. Correct the address or phone them."),
            needs_a_person=True,
        ),
        Fate(
            "unknown",
            gettext_lazy("Outcome unknown"),
            "question-circle-fill",
            gettext_lazy(
                "The connection broke while it was handed over. The person may or may not have got it."
            ),
            needs_a_person=True,
        ),
        Fate(
            "kept",
            gettext_lazy("Kept here"),
            "archive",
            gettext_lazy("No mail server is set up, so it was kept here and not really sent."),
        ),
        Fate(
            "expired",
            gettext_lazy("Too late, not sent"),
            "clock-history",
            gettext_lazy("Its time had passed before it could leave, so it was not sent."),
        ),
        Fate(
            "cancelled",
            gettext_lazy("Cancelled, not sent"),
            "slash-circle",
            gettext_lazy("It was called back before it left."),
        ),
    )
}


def fate_of(message: Message) -> Fate:
    state = State(message.state)
    return FATES["queued" if state == State.PENDING or state in IN_HANDS else state.value]


def states_of(fate: str) -> list[State]:
    """The states a fate stands for; none for a word that is no fate."""
    if fate == "queued":
        return [State.PENDING, *IN_HANDS]
    return [State(fate)] if fate in FATES else []


@dataclass(frozen=True)
class MessageRow:
    pk: UUID
    kind: str
    subject: str
    to_address: str
    patient_id: UUID | None
    when: datetime
    fate: Fate
    note: str


def message_row(message: Message) -> MessageRow:
    """One line of the list: when it was settled, or else when it is due."""
    return MessageRow(
        pk=message.pk,
        kind=message.get_kind_display(),
        subject=message.subject,
        to_address=message.to_address,
        patient_id=message.patient_id,
        when=message.settled_at or message.try_at or message.due_at,
        fate=fate_of(message),
        note=_note(message),
    )


def _note(message: Message) -> str:
    if message.state == State.FAILED:
        return str(message.get_failure_display())
    if message.state == State.UNKNOWN and message.try_at:
        return _("A second copy goes out shortly.")
    if message.state == State.PENDING and message.attempts:
        return _("The mail server put it off; it is tried again.")
    return ""


@dataclass(frozen=True)
class ShownMail:
    """The mail as the reader sees it. ``link`` is empty unless the mail never left and is here to be tried."""

    text: str
    html: str
    link: str


def shown_mail(message: Message, *, may_see_clinical: bool) -> ShownMail:
    """Only a kept mail shows its real link: a link that was sent is the reader's alone, and no key for staff.

    A patient's link leads to what the plan asks, so even then only those see it who may see that.
    """
    if message.state == State.KEPT and (may_see_clinical or message.patient_id is None):
        link = link_of(message)
        return ShownMail(*bodies(message, link), link=link)
    stand_in = _("[the reader's own link]")
    html = re.sub(rf'\s(?:href|src)="{re.escape(LINK)}"', "", message.html)
    return ShownMail(message.text.replace(LINK, stand_in), html.replace(LINK, stand_in), link="")
