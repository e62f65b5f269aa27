"""When a patient's link ends. Pure.

Not with the check-in itself: who comes a day late still reads that it is closed, or what to do about a sign they
reported. But whoever finds an old mail or handout opens nothing with it any more.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

CHECK_IN_LINK_STAYS = timedelta(days=7)
PLAN_LINK_STAYS = timedelta(days=30)


def has_check_in_link_ended(*, closes_at: datetime, settled_at: datetime | None, now: datetime) -> bool:
    """A week after the check-in was answered, replaced or called back, or else after it closed."""
    return now >= (settled_at or closes_at) + CHECK_IN_LINK_STAYS


def has_plan_link_ended(*, ends_on: date, ended_on: date | None, today: date) -> bool:
    """Thirty days after the plan's last day, or after the day on which it was ended before that."""
    return today > min(ends_on, ended_on or ends_on) + PLAN_LINK_STAYS
