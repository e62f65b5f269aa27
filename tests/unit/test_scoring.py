"""Which alerts an answer raises: golden values, and what must hold for any answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.checkins.scoring import (
    ASKED,
    PAIN_NOW,
    SINCE_FIRST,
    SINCE_LAST,
    Before,
    Said,
    Signal,
    is_worse,
    signals_of,
)
from careplans.checkins.tiers import Tier

scores = st.integers(min_value=0, max_value=10)
maybe = st.none() | scores


@pytest.mark.parametrize(
    ("now", "before", "worse"),
    [
        (5, 3, True),  # two points
        (4, 3, True),  # one point, but a third more
        (5, 4, False),  # a quarter more
        (7, 6, False),
        (8, 6, True),
        (2, 1, True),
        (1, 0, False),  # nothing to take a percentage of
        (2, 0, True),
        (0, 0, False),
        (10, 10, False),
        (3, 8, False),
    ],
)
def test_worse_by_two_points_or_thirty_per_cent(now: int, before: int, worse: bool) -> None:
    assert is_worse(now, before) is worse


@pytest.mark.parametrize(
    ("said", "before", "signals"),
    [
        (Said(pain_now=0), Before(first=0, last=0), ()),
        (Said(), Before(first=2, last=2), ()),
        (Said(red_flags={"b": True, "a": True, "c": False}), Before(), (Signal(Tier.RED_FLAG, ("a", "b")),)),
        (Said(pain_now=7), Before(), (Signal(Tier.THRESHOLD, (PAIN_NOW,)),)),
        (Said(pain_now=6), Before(), ()),
        (Said(pain_now=5), Before(first=3, last=5), (Signal(Tier.WORSENING, (SINCE_FIRST,)),)),
        (Said(pain_now=5), Before(first=5, last=3), (Signal(Tier.WORSENING, (SINCE_LAST,)),)),
        (
            Said(pain_now=9, side_effects=("skin", "drowsiness"), wants_call=True),
            Before(first=4, last=4),
            (
                Signal(Tier.THRESHOLD, (PAIN_NOW,)),
                Signal(Tier.WORSENING, (SINCE_FIRST, SINCE_LAST)),
                Signal(Tier.SIDE_EFFECT, ("drowsiness", "skin")),
                Signal(Tier.WANTS_CALL, (ASKED,)),
            ),
        ),
    ],
)
def test_signals(said: Said, before: Before, signals: tuple[Signal, ...]) -> None:
    assert signals_of(said, before=before, threshold=7) == signals


@given(
    said=st.builds(
        Said,
        red_flags=st.dictionaries(st.sampled_from("abcdef"), st.booleans()),
        pain_now=maybe,
        side_effects=st.lists(st.sampled_from(["skin", "soreness"])).map(tuple),
        wants_call=st.booleans(),
    ),
    before=st.builds(Before, first=maybe, last=maybe),
    threshold=st.integers(min_value=1, max_value=10),
)
def test_any_answer(said: Said, before: Before, threshold: int) -> None:
    signals = signals_of(said, before=before, threshold=threshold)
    tiers = [signal.tier for signal in signals]
    assert tiers == sorted(set(tiers))
    assert all(signal.causes for signal in signals)
    assert (Tier.RED_FLAG in tiers) == any(said.red_flags.values())
    assert (Tier.THRESHOLD in tiers) == (said.pain_now is not None and said.pain_now >= threshold)
    assert (Tier.WANTS_CALL in tiers) == said.wants_call
    if said.pain_now is None or before == Before():
        assert Tier.WORSENING not in tiers


@given(now=scores, before=scores)
def test_less_or_equal_pain_is_never_worse(now: int, before: int) -> None:
    assert not is_worse(min(now, before), max(now, before))
