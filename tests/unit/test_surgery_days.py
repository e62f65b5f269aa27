"""The starting values after surgery: one for each type, fusion slower, and plainly our own."""

from __future__ import annotations

from pathlib import Path

import yaml

from careplans.library.surgery import OWN_VALUE, STARTING_DAYS, starting_days
from patients.models import Episode

STARTER = Path(__file__).parents[2] / "careplans" / "library" / "starter"


def test_every_type_of_surgery_has_its_days() -> None:
    assert set(STARTING_DAYS) == set(Episode.SurgeryType.values)


def test_fusion_is_slower_than_everything_else() -> None:
    fusion = STARTING_DAYS["fusion"]
    others = [days for kind, days in STARTING_DAYS.items() if kind != "fusion"]

    assert all(fusion.cold_to_heat_day > one.cold_to_heat_day for one in others)
    assert all(fusion.clearance_day > one.clearance_day for one in others)
    assert fusion.fusion_heals_days
    assert not any(one.fusion_heals_days for one in others)


def test_heat_never_comes_after_load() -> None:
    assert all(days.cold_to_heat_day < days.clearance_day for days in STARTING_DAYS.values())


def test_without_surgery_there_are_no_days_and_an_unknown_type_is_the_slowest() -> None:
    assert starting_days("") is None
    assert starting_days("something new") == STARTING_DAYS["fusion"]


def test_the_values_say_whose_they_are() -> None:
    assert "Our own starting value" in str(OWN_VALUE)


def test_the_template_begins_with_the_same_days() -> None:
    (path,) = STARTER.glob("templates/after-spinal-surgery.yaml")
    template = yaml.safe_load(path.read_text(encoding="utf-8"))
    days = STARTING_DAYS["discectomy"]

    assert (template["cold_to_heat_day"], template["clearance_day"]) == (
        days.cold_to_heat_day,
        days.clearance_day,
    )
    assert "our own" in str(template["sources"])
