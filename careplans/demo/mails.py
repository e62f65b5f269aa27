"""What becomes of the demo's mails: kept, as without a mail server; one address is refused.

Nothing here hands mail to a server, even where one is set: these patients do not exist.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from careplans.checkins.bounces import take_note_of_failures
from careplans.outbox import claim, lifecycle
from careplans.outbox.lifecycle import State
from careplans.outbox.models import DeliveryAttempt, Message
from careplans.outbox.settle import move

REFUSAL = "550 5.1.1 No such mailbox here"
BATCH = 500


@dataclass(frozen=True)
class MailRoom:
    """``refused`` are the addresses that no mail server takes."""

    refused: frozenset[str]

    def settle(self, now: datetime) -> None:
        """Deal with all that waits."""
        for message in Message.objects.filter(to_address__in=self.refused, state=State.PENDING):
            _refuse(message, now)
        take_note_of_failures(now=now)
        claim.expire(now=now)
        claim.keep(now=now, limit=BATCH)


def _refuse(message: Message, now: datetime) -> None:
    """As if a mail server had refused the address: the same moves, the same record of the try."""
    lease_id = uuid.uuid4()
    move(message, State.CLAIMED, lease_id=lease_id, lease_until=now + lifecycle.LEASE)
    message.lease_id = lease_id
    DeliveryAttempt.objects.create(
        message=message,
        to_address=message.to_address,
        started_at=now,
        ended_at=now,
        outcome=State.FAILED,
        answer=REFUSAL,
    )
    failed = {"failure": Message.Failure.ADDRESS, "last_error": REFUSAL, "settled_at": now, "try_at": None}
    move(message, State.FAILED, **failed)
