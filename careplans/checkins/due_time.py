"""When a check-in is due: a local day, the clinic's sending hours and the patient's zone become a moment. Pure.

Whatever a zone does to its clocks, every local day gives exactly one moment: a time that the clocks skip becomes the
next one that exists, and a time that happens twice means the first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

USUAL_TIME = time(9, 0)
_MINUTE = timedelta(minutes=1)


def moment_on(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the clocks of ``zone`` first show ``at`` or later on ``day``."""
    wanted = datetime.combine(day, at)
    moment = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(moment, zone) == wanted:
        return moment
    # The wall time is skipped: the later offset leads to just before the gap, from where the clock is followed.
    moment = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while _wall(moment, zone) < wanted:
        moment += _MINUTE
    return moment


def time_of_asking(sending_from: time, sending_until: time) -> time:
    """Nine o'clock when the clinic sends then, otherwise the start of its sending hours."""
    return USUAL_TIME if sending_from <= USUAL_TIME < sending_until else sending_from


def is_sending_hour(now: datetime, *, sending_from: time, sending_until: time, zone: ZoneInfo) -> bool:
    return sending_from <= _wall(now, zone).time() < sending_until


def next_sending_moment(
    now: datetime, *, sending_from: time, sending_until: time, zone: ZoneInfo
) -> datetime:
    """``now`` inside the sending hours, otherwise the next start of them."""
    if is_sending_hour(now, sending_from=sending_from, sending_until=sending_until, zone=zone):
        return now
    today = _wall(now, zone).date()
    starts = (moment_on(today + timedelta(days=days), sending_from, zone) for days in range(3))
    return next(start for start in starts if start > now)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
