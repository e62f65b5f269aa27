"""Check-ins fall once on every local day, whatever a zone does to its clocks."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careplans.checkins.due_time import is_sending_hour, moment_on, next_sending_moment, time_of_asking

LONDON = zoneinfo.ZoneInfo("Europe/London")
ZONES = sorted(zoneinfo.available_timezones())
DAY = timedelta(days=1)


@cache
def transition_days(name: str) -> tuple[date, ...]:
    """Local days on which the offset changes, 2024 to 2030."""
    zone = zoneinfo.ZoneInfo(name)
    moment, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    days = []
    while moment < end:
        if moment.astimezone(zone).utcoffset() != (moment + DAY).astimezone(zone).utcoffset():
            days.append(moment.astimezone(zone).date())
        moment += DAY
    return tuple(days)


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        ("Europe/London", date(2026, 3, 29), time(9), datetime(2026, 3, 29, 8, tzinfo=UTC)),
        # Skipped: 01:30 does not exist, the next minute that does is 02:00 summer time.
        ("Europe/London", date(2026, 3, 29), time(1, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        # Twice: the first of them.
        ("Europe/London", date(2026, 10, 25), time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Half an hour is skipped at 02:00 on Lord Howe Island.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        # Two hours at Troll station.
        ("Antarctica/Troll", date(2026, 3, 29), time(2, 10), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("Pacific/Chatham", date(2026, 6, 1), time(9), datetime(2026, 5, 31, 20, 15, tzinfo=UTC)),
        ("UTC", date(2028, 2, 29), time(9), datetime(2028, 2, 29, 9, tzinfo=UTC)),
    ],
)
def test_moments(zone: str, day: date, at: time, moment: datetime) -> None:
    assert moment_on(day, at, zoneinfo.ZoneInfo(zone)) == moment


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    name=st.sampled_from(ZONES),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_once_a_day_around_every_change_of_the_clocks(data: st.DataObject, name: str, at: time) -> None:
    zone = zoneinfo.ZoneInfo(name)
    days = transition_days(name) or (date(2026, 3, 29),)
    changing = data.draw(st.sampled_from(days))
    around = [changing + timedelta(days=offset) for offset in range(-2, 4)]
    moments = [moment_on(day, at, zone) for day in around]
    local = [moment.astimezone(zone) for moment in moments]
    # A time skipped at the end of a day runs over midnight; never by more than the clocks jump.
    assert all(
        datetime.combine(day, at)
        <= wall.replace(tzinfo=None)
        <= datetime.combine(day, at) + timedelta(hours=3)
        for day, wall in zip(around, local, strict=True)
    )
    assert moments == sorted(set(moments))
    assert all(later - earlier >= timedelta(hours=20) for earlier, later in pairwise(moments))


def test_asked_at_nine_within_the_sending_hours() -> None:
    assert time_of_asking(time(8), time(20)) == time(9)
    assert time_of_asking(time(10), time(18)) == time(10)
    assert time_of_asking(time(6), time(8)) == time(6)


def test_sending_hours_by_the_patients_clock() -> None:
    hours = {"sending_from": time(8), "sending_until": time(20), "zone": LONDON}
    in_summer = datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    in_winter = datetime(2026, 1, 5, 7, 30, tzinfo=UTC)
    assert is_sending_hour(in_summer, **hours)
    assert next_sending_moment(in_summer, **hours) == in_summer
    assert not is_sending_hour(in_winter, **hours)
    assert next_sending_moment(in_winter, **hours) == datetime(2026, 1, 5, 8, tzinfo=UTC)
    late = datetime(2026, 1, 5, 23, tzinfo=UTC)
    assert next_sending_moment(late, **hours) == datetime(2026, 1, 6, 8, tzinfo=UTC)
    assert not is_sending_hour(datetime(2026, 1, 5, 20, tzinfo=UTC), **hours)
