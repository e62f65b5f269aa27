"""The moves of a message, each a compare-and-set: a worker whose lease was taken over writes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from careplans.outbox import lifecycle
from careplans.outbox.lifecycle import State
from careplans.outbox.models import DeliveryAttempt, Message

OUT_OF_HANDS: dict[str, Any] = {"lease_id": None, "lease_until": None}
ANSWER_LIMIT = 300


def move(message: Message, to_state: State, **fields: Any) -> bool:
    """Move a message this worker holds; ``False`` when somebody else moved it meanwhile."""
    lifecycle.check_move(State(message.state), to_state)
    if to_state not in lifecycle.IN_HANDS:
        fields = OUT_OF_HANDS | fields
    held = Message.objects.filter(
        pk=message.pk, state=message.state, lease_id=message.lease_id, to_address=message.to_address
    )
    if not held.update(state=to_state, **fields):
        return False
    message.state = to_state
    return True


@transaction.atomic(durable=True)
def begin_handing_over(message: Message, *, now: datetime) -> DeliveryAttempt | None:
    """Commit, just before DATA, that from now on the mail server may have it. ``None``: it was called back."""
    until = now + lifecycle.lease_for(message.priority)
    if not move(message, State.IN_DATA, lease_until=until, attempts=message.attempts + 1):
        return None
    message.attempts += 1
    return DeliveryAttempt.objects.create(message=message, to_address=message.to_address, started_at=now)


@transaction.atomic(durable=True)
def note_sent(message: Message, attempt: DeliveryAttempt, *, answer: str, now: datetime) -> bool:
    is_ours = move(message, State.SENT, settled_at=now, try_at=None, last_error="")
    _close(attempt, State.SENT if is_ours else State.UNKNOWN, answer, now)
    return is_ours


@transaction.atomic(durable=True)
def note_unknown(message: Message, attempt: DeliveryAttempt, *, reason: str, now: datetime) -> bool:
    _close(attempt, State.UNKNOWN, reason, now)
    return move(message, State.UNKNOWN, last_error=_short(reason), **unknown_fields(message, now=now))


@transaction.atomic(durable=True)
def note_failed(
    message: Message, attempt: DeliveryAttempt | None, *, failure: str, reason: str, now: datetime
) -> bool:
    return _fail(message, attempt, failure, reason, now)


@transaction.atomic(durable=True)
def note_put_off(
    message: Message, attempt: DeliveryAttempt | None, *, reason: str, now: datetime
) -> State | None:
    """The server said "not now": wait longer each time, and fail visibly when the time is up.

    Returns the state it went to, or ``None`` when it was no longer ours.
    """
    tries = message.attempts + (attempt is None)
    give_up_at = _give_up_at(message, now)
    try_at = lifecycle.next_try_at(tries=tries, now=now, give_up_at=give_up_at)
    if try_at is None:
        return State.FAILED if _fail(message, attempt, Message.Failure.SERVER, reason, now) else None
    _close(attempt or _attempt(message, now), State.PENDING, reason, now)
    fields = {"attempts": tries, "try_at": try_at, "give_up_at": give_up_at, "last_error": _short(reason)}
    return State.PENDING if move(message, State.PENDING, **fields) else None


@transaction.atomic(durable=True)
def note_expired(message: Message, *, now: datetime) -> bool:
    return move(message, State.EXPIRED, settled_at=now, try_at=None)


def _fail(
    message: Message, attempt: DeliveryAttempt | None, failure: str, reason: str, now: datetime
) -> bool:
    _close(attempt or _attempt(message, now), State.FAILED, reason, now)
    fields = {"failure": failure, "last_error": _short(reason), "settled_at": now, "try_at": None}
    return move(message, State.FAILED, **fields)


def unknown_fields(message: Message, *, now: datetime) -> dict[str, Any]:
    """What the rule for an unknown outcome writes beside the state."""
    times = message.times_unknown + 1
    give_up_at = _give_up_at(message, now)
    try_at = lifecycle.try_unknown_at(
        kind=message.kind, priority=message.priority, times_unknown=times, now=now, give_up_at=give_up_at
    )
    return {"times_unknown": times, "try_at": try_at, "give_up_at": give_up_at, "settled_at": now}


def _give_up_at(message: Message, now: datetime) -> datetime:
    return message.give_up_at or lifecycle.give_up_at(first_tried_at=now, send_by=message.send_by)


def _attempt(message: Message, now: datetime) -> DeliveryAttempt:
    return DeliveryAttempt(message=message, to_address=message.to_address, started_at=now)


def _close(attempt: DeliveryAttempt, outcome: State, answer: str, now: datetime) -> None:
    attempt.ended_at, attempt.outcome, attempt.answer = now, outcome, _short(answer)
    attempt.save()


def _short(words: str) -> str:
    return words.replace("\0", "")[:ANSWER_LIMIT]
