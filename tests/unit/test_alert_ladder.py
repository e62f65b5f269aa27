"""Who hears next, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.checkins.ladder import Step, climbs_at, told_at
from careplans.checkins.tiers import Tier

RAISED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tier", "step", "after"),
    [
        (Tier.RED_FLAG, Step.OWNER, timedelta(minutes=60)),
        (Tier.RED_FLAG, Step.COVER, timedelta(minutes=120)),
        (Tier.RED_FLAG, Step.LEAD, None),
        (Tier.THRESHOLD, Step.OWNER, timedelta(days=1)),
        (Tier.WORSENING, Step.COVER, timedelta(days=2)),
        (Tier.SIDE_EFFECT, Step.OWNER, None),
        (Tier.WANTS_CALL, Step.OWNER, None),
        (Tier.SILENCE, Step.OWNER, None),
    ],
)
def test_when_it_climbs(tier: Tier, step: Step, after: timedelta | None) -> None:
    moment = climbs_at(tier, step, raised_at=RAISED, cover_after_minutes=60, lead_after_minutes=120)
    assert moment == (RAISED + after if after else None)


def test_each_rung_in_turn() -> None:
    rungs = {"cover": "cover", "lead": "lead", "clinicians": ("owner", "cover", "lead", "other")}
    assert told_at(Step.OWNER, owner="owner", **rungs) == ("owner",)
    assert told_at(Step.COVER, owner="owner", **rungs) == ("cover",)
    assert told_at(Step.LEAD, owner="cover", **rungs) == ("lead",)


def test_vacant_rungs_are_passed() -> None:
    assert told_at(Step.COVER, owner="a", cover=None, lead="b", clinicians=("a", "b")) == ("b",)
    # The lead held it already: now everybody hears.
    assert told_at(Step.LEAD, owner="b", cover=None, lead="b", clinicians=("a", "b")) == ("b", "a")
    assert told_at(Step.LEAD, owner="a", cover=None, lead=None, clinicians=("a", "c")) == ("a", "c")


def test_nobody_left_keeps_its_owner() -> None:
    assert told_at(Step.LEAD, owner="gone", cover=None, lead=None, clinicians=()) == ("gone",)
    assert told_at(Step.LEAD, owner="gone", cover=None, lead=None, clinicians=("new",)) == ("new",)


people = st.sampled_from(["a", "b", "c"])


@given(
    step=st.sampled_from(Step),
    owner=people,
    cover=st.none() | people,
    lead=st.none() | people,
    clinicians=st.lists(people, unique=True).map(tuple),
)
def test_never_nobody(
    step: Step, owner: str, cover: str | None, lead: str | None, clinicians: tuple[str, ...]
) -> None:
    told = told_at(step, owner=owner, cover=cover, lead=lead, clinicians=clinicians)
    assert told
    assert len(told) == len(set(told))
