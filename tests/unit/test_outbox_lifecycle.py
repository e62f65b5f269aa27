"""The pure table of moves, the gaps between tries, and the rule for an unknown outcome."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from careplans.outbox import lifecycle
from careplans.outbox.lifecycle import Kind, NoSuchMove, State
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
TOMORROW = NOW + timedelta(hours=24)
END_STATES = {State.SENT, State.KEPT, State.EXPIRED, State.CANCELLED}


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_only_moves_of_the_table_are_allowed(before: State, after: State) -> None:
    if after in lifecycle.MOVES[before]:
        lifecycle.check_move(before, after)
    else:
        with pytest.raises(NoSuchMove):
            lifecycle.check_move(before, after)


def test_the_end_is_the_end() -> None:
    assert {state for state in State if not lifecycle.MOVES[state]} == END_STATES


def test_what_is_being_handed_over_can_no_longer_be_called_back() -> None:
    assert State.CANCELLED in lifecycle.MOVES[State.CLAIMED]
    assert State.CANCELLED not in lifecycle.MOVES[State.IN_DATA]


def test_sent_is_only_reached_from_handing_over() -> None:
    assert [state for state in State if State.SENT in lifecycle.MOVES[state]] == [State.IN_DATA]


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (30, 60)])
def test_gaps_grow(tries: int, minutes: int) -> None:
    assert lifecycle.next_try_at(tries=tries, now=NOW, give_up_at=TOMORROW) == NOW + minutes * MINUTE


def test_gives_up_when_the_next_try_would_be_too_late() -> None:
    assert lifecycle.next_try_at(tries=4, now=NOW, give_up_at=NOW + 59 * MINUTE) is None


def test_give_up_after_a_day_or_at_send_by() -> None:
    assert lifecycle.give_up_at(first_tried_at=NOW, send_by=None) == TOMORROW
    assert lifecycle.give_up_at(first_tried_at=NOW, send_by=NOW + MINUTE) == NOW + MINUTE
    assert lifecycle.give_up_at(first_tried_at=NOW, send_by=NOW + timedelta(days=9)) == TOMORROW


def again(kind: Kind, priority: int, times: int) -> timedelta | None:
    at = lifecycle.try_unknown_at(
        kind=kind, priority=priority, times_unknown=times, now=NOW, give_up_at=TOMORROW
    )
    return at and at - NOW


@pytest.mark.parametrize(
    ("kind", "priority", "times", "expected"),
    [
        (Kind.ALERT_NOTICE, 0, 1, 0 * MINUTE),
        (Kind.ALERT_NOTICE, 0, 2, MINUTE),
        (Kind.ALERT_NOTICE, 0, 5, 60 * MINUTE),
        (Kind.CHECK_IN, 5, 1, 10 * MINUTE),
        (Kind.REMINDER, 5, 1, 10 * MINUTE),
        (Kind.CHECK_IN, 5, 2, None),
        (Kind.PLAN_PUBLISHED, 5, 1, None),
        (Kind.ALERT_NOTICE, 5, 1, None),
    ],
)
def test_rule_for_an_unknown_outcome(
    kind: Kind, priority: int, times: int, expected: timedelta | None
) -> None:
    assert again(kind, priority, times) == expected


def test_a_second_copy_is_not_sent_after_its_time() -> None:
    soon = NOW + 9 * MINUTE
    assert (
        lifecycle.try_unknown_at(kind=Kind.CHECK_IN, priority=5, times_unknown=1, now=NOW, give_up_at=soon)
        is None
    )
