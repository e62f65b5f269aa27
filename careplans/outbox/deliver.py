"""The dispatcher: takes up what is due and hands it to the mail server, one connection a batch.

Kill it between any two statements: what was claimed comes back, what was being handed over becomes unknown and is
said to be unknown. The window in which a second copy can arise lies between the server's yes and ``note_sent``.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from email.errors import MessageError

from careplans.outbox import claim, lifecycle, settle
from careplans.outbox.lifecycle import State
from careplans.outbox.mail import envelope_address, mail_bytes
from careplans.outbox.models import DeliveryAttempt, Message
from careplans.outbox.sealing import SealBroken
from careplans.outbox.server import MailServer, mail_server, sender_address, sender_trouble
from careplans.outbox.transport import NotHandedOver, OutcomeUnknown, Refused, SmtpSession

log = logging.getLogger(__name__)
BATCH = 100
# Stop a batch while its lease still has room for the slowest single mail.
LEASE_MARGIN = lifecycle.LEASE / 3
TICK_BUDGET = timedelta(seconds=50)
CANNOT_BE_MADE = (ValueError, LookupError, TypeError, MessageError)


@dataclass
class DeliveryReport:
    """What one run did, counted."""

    claimed: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    put_off: int = 0
    released: int = 0
    expired: int = 0
    kept: int = 0

    def add(self, other: DeliveryReport) -> None:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


class RunningClock:
    """``now`` as given, moving on with the machine's monotonic clock: a clock set back or forth changes no lease."""

    def __init__(self, now: datetime) -> None:
        self.began, self._started = now, time.monotonic()

    def now(self) -> datetime:
        return self.began + self.elapsed()

    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._started)


def deliver_due(*, now: datetime, limit: int = BATCH) -> DeliveryReport:
    """Deliver up to ``limit`` due messages. Any number of these may run at once; call it outside transactions."""
    report = DeliveryReport(unknown=claim.take_up_abandoned(now=now), expired=claim.expire(now=now))
    server = mail_server()
    if server is None:
        report.kept = claim.keep(now=now, limit=limit)
    else:
        messages = claim.claim_due(now=now, limit=limit)
        report.claimed = len(messages)
        if messages:
            _Batch(server, messages, RunningClock(now), report).run()
    claim.blank_secrets()
    return report


def deliver_until_done(*, now: datetime) -> DeliveryReport:
    """Batch after batch until nothing is due or the minute is nearly over."""
    clock, total = RunningClock(now), DeliveryReport()
    while True:
        report = deliver_due(now=clock.now(), limit=BATCH)
        total.add(report)
        is_full = BATCH in (report.claimed, report.kept)
        if not is_full or report.released or clock.elapsed() > TICK_BUDGET:
            return total


class _Batch:
    """The messages one worker holds, and its connection."""

    def __init__(
        self, server: MailServer, messages: list[Message], clock: RunningClock, report: DeliveryReport
    ) -> None:
        self.messages, self.clock, self.report = messages, clock, report
        self.session = SmtpSession(server)
        self.trouble = ""

    def run(self) -> None:
        # A sender no mail can carry is our own mistake: all wait until it is mended, none fails for it.
        wrong = sender_trouble()
        if wrong:
            self.trouble = f"FROM_EMAIL {wrong}."
            log.error("no mail leaves: %s", self.trouble)
        with self.session:
            for message in self.messages:
                if self.trouble or self.clock.elapsed() > lifecycle.LEASE - LEASE_MARGIN:
                    break
                self._deliver(message)
        self.report.released += claim.release(self.messages, reason=self.trouble)

    def _deliver(self, message: Message) -> None:
        now = self.clock.now()
        if message.send_by and message.send_by <= now:
            self.report.expired += settle.note_expired(message, now=now)
            return
        try:
            mail, recipient = mail_bytes(message, now=now), envelope_address(message)
        except (
            SealBroken
        ) as error:  # so is a secret key that was changed: its mails wait for the old one to return
            self._put_off(message, None, str(error))
            return
        except CANNOT_BE_MADE as error:
            reason = f"The mail cannot be made: {type(error).__name__}"
            self._failed(message, None, Message.Failure.CONTENT, reason)
            return
        if self._address(message, recipient):
            self._hand_over(message, mail)

    def _address(self, message: Message, recipient: str) -> bool:
        """Name the recipient to the server; whatever goes wrong here, nothing has been handed over."""
        had_connection = self.session.is_connected
        try:
            self.session.address(sender_address(), recipient)
        except Refused as error:
            self._refused(message, None, error, Message.Failure.ADDRESS)
        except NotHandedOver as error:
            if (
                not had_connection
            ):  # the server is away: that is no message's fault, all wait for the next tick
                self.trouble = str(error)
            else:
                self._put_off(message, None, str(error))
        except ValueError:  # an address that cannot be written on the wire
            self.session.drop()
            self._failed(message, None, Message.Failure.ADDRESS, "The address cannot be used.")
        else:
            return True
        return False

    def _hand_over(self, message: Message, mail: bytes) -> None:
        attempt = settle.begin_handing_over(message, now=self.clock.now())
        if attempt is None:  # called back, re-addressed or taken over meanwhile
            self.session.take_back()
            return
        try:
            answer = self.session.hand_over(mail)
        except Refused as error:
            self._refused(message, attempt, error, Message.Failure.CONTENT)
        except NotHandedOver as error:
            self._put_off(message, attempt, str(error))
        except OutcomeUnknown as error:
            now = self.clock.now()
            self.report.unknown += settle.note_unknown(message, attempt, reason=str(error), now=now)
        else:
            self.report.sent += settle.note_sent(message, attempt, answer=answer, now=self.clock.now())

    def _refused(
        self, message: Message, attempt: DeliveryAttempt | None, error: Refused, failure: Message.Failure
    ) -> None:
        if error.is_final:
            self._failed(message, attempt, failure, str(error))
        else:
            self._put_off(message, attempt, str(error))

    def _failed(
        self, message: Message, attempt: DeliveryAttempt | None, failure: Message.Failure, reason: str
    ) -> None:
        now = self.clock.now()
        self.report.failed += settle.note_failed(message, attempt, failure=failure, reason=reason, now=now)

    def _put_off(self, message: Message, attempt: DeliveryAttempt | None, reason: str) -> None:
        state = settle.note_put_off(message, attempt, reason=reason, now=self.clock.now())
        self.report.put_off += state == State.PENDING
        self.report.failed += state == State.FAILED
