"""What a patient may truthfully be told about a red flag they reported: stored, and what became of the e-mail. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from careplans.checkins.models import Alert, CheckIn
from careplans.checkins.notices import notices_of
from careplans.checkins.tiers import Tier
from careplans.outbox.models import Message

State = Message.State


class Told(StrEnum):
    """From best to worst; the page has a sentence for each."""

    SEEN = "seen"
    SENT = "sent"
    ON_ITS_WAY = "on_its_way"
    UNSURE = "unsure"
    NOT_SENT = "not_sent"
    NOT_STORED = "not_stored"


def told_of(states: Iterable[str]) -> Told:
    """The best that is true of several notices: one that arrived is enough."""
    found = set(states)
    if State.SENT in found:
        return Told.SENT
    if found & {State.PENDING, State.CLAIMED, State.IN_DATA}:
        return Told.ON_ITS_WAY
    return Told.UNSURE if State.UNKNOWN in found else Told.NOT_SENT


def what_clinic_knows(check_in: CheckIn) -> Told:
    """For the red flags of this check-in, at this moment."""
    alert = check_in.alerts.filter(tier=Tier.RED_FLAG).first()
    if alert is None:
        return Told.NOT_SENT
    if alert.state != Alert.State.OPEN:
        return Told.SEEN
    # Raised again for another cause, only the notices of that cause count.
    return told_of(message.state for message in notices_of(alert) if message.created_at >= alert.raised_at)
