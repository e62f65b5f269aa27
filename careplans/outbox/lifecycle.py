"""The life of a message: which moves exist, how long a lease lasts, when to try again. Pure.

pending → claimed → in_data → sent | failed | unknown | expired | cancelled | kept

``claimed`` past its lease is safe to take again: nothing was handed over. ``in_data`` past its lease is not: the
mail server may or may not have taken the mail, so the message becomes ``unknown`` and the written rule decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    PENDING = "pending", _("Queued")
    CLAIMED = "claimed", _("Being sent")
    IN_DATA = "in_data", _("Being handed over")
    SENT = "sent", _("Sent")
    KEPT = "kept", _("Kept here, not sent")
    FAILED = "failed", _("Could not be sent")
    UNKNOWN = "unknown", _("Outcome unknown")
    EXPIRED = "expired", _("Too late, not sent")
    CANCELLED = "cancelled", _("Cancelled, not sent")


class Kind(TextChoices):
    CHECK_IN = "check_in", _("Check-in")
    REMINDER = "reminder", _("Reminder")
    PLAN_PUBLISHED = "plan_published", _("New or changed plan")
    NEW_LINK = "new_link", _("New link")
    ALERT_NOTICE = "alert_notice", _("Alert for staff")
    INVITATION = "invitation", _("Invitation")
    ACCOUNT = "account", _("Account")


S = State
MOVES: dict[State, frozenset[State]] = {
    S.PENDING: frozenset({S.CLAIMED, S.KEPT, S.EXPIRED, S.CANCELLED}),
    S.CLAIMED: frozenset({S.IN_DATA, S.PENDING, S.FAILED, S.EXPIRED, S.CANCELLED}),
    S.IN_DATA: frozenset({S.SENT, S.FAILED, S.UNKNOWN, S.PENDING}),
    # By the rule for an unknown outcome, or by hand.
    S.UNKNOWN: frozenset({S.PENDING}),
    # By hand only: a refused address is not tried again by itself.
    S.FAILED: frozenset({S.PENDING}),
    S.SENT: frozenset(),
    S.KEPT: frozenset(),
    S.EXPIRED: frozenset(),
    S.CANCELLED: frozenset(),
}
IN_HANDS = frozenset({S.CLAIMED, S.IN_DATA})
SETTLED = frozenset(state for state in S if state not in {S.PENDING, *IN_HANDS})

URGENT = 0  # priority of what warns staff of a red flag
ASK_AGAIN = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=24)
GAPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
# An urgent notice is taken up again sooner: a second copy of it is harmless, a late one is not.
LEASE = timedelta(seconds=90)
URGENT_LEASE = timedelta(seconds=30)


class NoSuchMove(Exception):
    """The program asked for a move that the table does not have."""


def check_move(from_state: State, to_state: State) -> None:
    if to_state not in MOVES[from_state]:
        raise NoSuchMove(f"{from_state} → {to_state}")


def lease_for(priority: int) -> timedelta:
    """How long one worker may hold a message before another one takes it up."""
    return URGENT_LEASE if priority == URGENT else LEASE


def next_try_at(*, tries: int, now: datetime, give_up_at: datetime) -> datetime | None:
    """When to try again after ``tries`` tries that the server put off; ``None`` means give up."""
    at = now + GAPS[min(max(tries, 1), len(GAPS)) - 1]
    return at if at <= give_up_at else None


def give_up_at(*, first_tried_at: datetime, send_by: datetime | None) -> datetime:
    latest = first_tried_at + GIVE_UP_AFTER
    return min(latest, send_by) if send_by else latest


def try_unknown_at(
    *, kind: str, priority: int, times_unknown: int, now: datetime, give_up_at: datetime
) -> datetime | None:
    """The rule for an unknown outcome; ``None`` leaves it unknown for good, for a person to see.

    Urgent notices go again at once, always (with growing gaps from the second time on, until it is given up).
    Check-ins, reminders and new links go once more after ten minutes with the same Message-ID and link: one answer is
    accepted, so a second copy is only untidy. Everything else waits for a person.
    """
    if priority == URGENT:
        return (
            now
            if times_unknown <= 1
            else next_try_at(tries=times_unknown - 1, now=now, give_up_at=give_up_at)
        )
    if kind in {Kind.CHECK_IN, Kind.REMINDER, Kind.NEW_LINK} and times_unknown <= 1:
        again = now + ASK_AGAIN
        return again if again <= give_up_at else None
    return None
