"""Starting values for the days after spinal surgery, by its type: the one place that holds them. Pure.

No source names a number: "cold first, heat later" and "adapted to the type of surgery" is all it says (Liv Hospital,
Nov 2025). The numbers are our own, cautious ones, and every page that shows one says so: the surgeon's instructions
lead, and the clinician writes them into the plan. All days count from the day of surgery, which is day 0.

Types are plain strings here, because the library may not import the patients; a test holds them against the real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

OWN_VALUE = _("Our own starting value, to be set by the surgeon's instructions.")
# The library's name for checks that rest on no single publication; the same as in ``starter/sources.yaml``.
SOURCE = "usual-safety"


@dataclass(frozen=True)
class SurgeryDays:
    """From which day heat may follow cold, from which bending, twisting and lifting under load are allowed,
    and for how many days a fusion counts as healing (None: nothing is fused)."""

    cold_to_heat_day: int
    clearance_day: int
    fusion_heals_days: int | None = None


# A fusion is slower than what only takes away: twice as long for heat and load, a year until bone counts as healed.
STARTING_DAYS: Mapping[str, SurgeryDays] = MappingProxyType(
    {
        "decompression": SurgeryDays(cold_to_heat_day=14, clearance_day=84),
        "discectomy": SurgeryDays(cold_to_heat_day=14, clearance_day=84),
        "fusion": SurgeryDays(cold_to_heat_day=28, clearance_day=168, fusion_heals_days=365),
    }
)
# A type nobody told us about is treated as the slowest one.
SLOWEST = STARTING_DAYS["fusion"]


def starting_days(surgery_type: str) -> SurgeryDays | None:
    """The days to begin with after this surgery; None when there was none."""
    return STARTING_DAYS.get(surgery_type, SLOWEST) if surgery_type else None
