"""The figure of a recall among many plans, at a size that takes no time."""

from __future__ import annotations

import pytest

from careplans.bench import recall
from careplans.bench.clinic import make_bench_clinic
from careplans.plans.holdings import holdings_of, recalled_holdings

pytestmark = pytest.mark.django_db


def test_each_component_is_recalled_and_each_place_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "EACH", 4)
    figures = list(recall.measure(plans=12))
    assert [(one.figure, one.compared_with.split(";")[0]) for one in figures] == [
        ("recall-12, held by each hundredth plan: page of whom it concerns, median", "2 plans concerned"),
        ("recall-12, held by each hundredth plan: worklist's section, median", "2 plans concerned"),
        ("recall-12, held by all plans: page of whom it concerns, median", "12 plans concerned"),
        ("recall-12, held by all plans: worklist's section, median", "12 plans concerned"),
    ]
    assert {(one.goal, one.unit) for one in figures} == {("at most 2", "s")}
    assert recalled_holdings().count() == 14


def test_its_plans_are_as_many_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "AT_ONCE", 5)
    everybody, few = recall.fill(make_bench_clinic(), 13)
    assert (holdings_of(everybody).count(), holdings_of(few).count()) == (13, 0)
