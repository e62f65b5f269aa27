"""Taking messages into hand and putting them back: all by compare-and-set, so any number of workers may run."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from careplans.outbox import lifecycle
from careplans.outbox.lifecycle import State
from careplans.outbox.models import DeliveryAttempt, Message, MessageQuerySet
from careplans.outbox.settle import OUT_OF_HANDS, unknown_fields


@transaction.atomic(durable=True)
def claim_due(*, now: datetime, limit: int) -> list[Message]:
    """Claim up to ``limit`` due messages for one worker, urgent and old ones first."""
    lease_id = uuid.uuid4()
    chosen = _locked(Message.objects.due(now))[:limit].values_list("pk", flat=True)
    claimed = Message.objects.filter(pk__in=list(chosen), state=State.PENDING)
    if not claimed.update(state=State.CLAIMED, lease_id=lease_id, lease_until=now + lifecycle.LEASE):
        return []
    mine = Message.objects.filter(lease_id=lease_id).select_related("clinic")
    return list(mine.order_by("priority", "try_at"))


def release(messages: list[Message], *, reason: str = "") -> int:
    """Put back what this worker still holds untouched; the next tick takes it up again."""
    leases = {message.lease_id for message in messages}
    keys = [message.pk for message in messages]
    held = Message.objects.filter(pk__in=keys, state=State.CLAIMED, lease_id__in=leases)
    said = {"last_error": reason[:300]} if reason else {}
    return held.update(state=State.PENDING, **OUT_OF_HANDS, **said)


def take_up_abandoned(*, now: datetime) -> int:
    """Deal with what a dead or stopped worker left behind; returns how many outcomes are now unknown.

    No lower bound in time: what was left last year is found as surely as what was left a minute ago.
    """
    Message.objects.past_lease(State.CLAIMED, now).update(state=State.PENDING, **OUT_OF_HANDS)
    unknown = sum(_give_up_hands(message, now) for message in Message.objects.past_lease(State.IN_DATA, now))
    Message.objects.filter(state=State.UNKNOWN, try_at__lte=now).update(state=State.PENDING, settled_at=None)
    return unknown


@transaction.atomic(durable=True)
def _give_up_hands(message: Message, now: datetime) -> bool:
    """In hand at DATA past its lease: the server may have it or not."""
    held = Message.objects.past_lease(State.IN_DATA, now).filter(pk=message.pk, lease_id=message.lease_id)
    reason = "The worker stopped while handing the mail over."
    fields = unknown_fields(message, now=now) | {"last_error": reason}
    if not held.update(state=State.UNKNOWN, **OUT_OF_HANDS, **fields):
        return False
    open_tries = DeliveryAttempt.objects.filter(message=message, outcome="")
    open_tries.update(outcome=State.UNKNOWN, ended_at=now, answer=reason)
    return True


def expire(*, now: datetime) -> int:
    """What came too late would mislead: it is listed, not sent."""
    late = Message.objects.filter(state=State.PENDING, send_by__lte=now)
    return late.update(state=State.EXPIRED, settled_at=now, try_at=None)


def keep(*, now: datetime, limit: int) -> int:
    """Without a mail server, what is due is kept here to be read, and plainly not sent."""
    due = Message.objects.due(now)[:limit].values_list("pk", flat=True)
    waiting = Message.objects.filter(pk__in=list(due), state=State.PENDING)
    return waiting.update(state=State.KEPT, settled_at=now, try_at=None)


def blank_secrets() -> int:
    """Account mails hold a sign-in link: nothing of it stays once they are settled."""
    waits = Q(state=State.UNKNOWN, try_at__isnull=False)
    settled = Message.objects.filter(kind=Message.Kind.ACCOUNT, state__in=lifecycle.SETTLED).exclude(waits)
    return settled.exclude(text="").update(text="", html="")


def _locked(due: MessageQuerySet) -> MessageQuerySet:
    """On PostgreSQL workers step over each other's rows; SQLite has one writer at a time anyway."""
    if connection.features.has_select_for_update_skip_locked:
        return due.select_for_update(skip_locked=True, of=("self",))
    return due
