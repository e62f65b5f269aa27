"""The dates of a draft as the desk shows them: what day 0 is, and from when heat and load are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from careplans.library.models import Anchor
from careplans.library.surgery import OWN_VALUE, starting_days
from careplans.plans.models import Draft


@dataclass(frozen=True)
class SurgeryDayView:
    label: str
    on: date
    number: int
    # Says whose value it is where nobody wrote down the surgeon's; else empty.
    whose: str


@dataclass(frozen=True)
class DatesView:
    """``episode_says``: the episode's date where it was corrected after this plan began to count from it."""

    anchor: str
    anchor_on: date
    episode_says: date | None
    after_surgery: tuple[SurgeryDayView, ...]


def dates_view(draft: Draft) -> DatesView:
    episode = draft.plan.episode
    says = episode.anchor_date(draft.anchor, plan_start=draft.anchor_on)
    return DatesView(
        anchor=_anchor_words()[draft.anchor],
        anchor_on=draft.anchor_on,
        episode_says=says if says != draft.anchor_on else None,
        after_surgery=_after_surgery(draft),
    )


def _anchor_words() -> dict[str, str]:
    return {
        Anchor.ONSET: _("the day it began"),
        Anchor.SURGERY: _("the surgery"),
        Anchor.PLAN_START: _("a chosen day"),
    }


def _after_surgery(draft: Draft) -> tuple[SurgeryDayView, ...]:
    episode = draft.plan.episode
    usual = starting_days(episode.surgery_type)
    if usual is None or episode.surgery_on is None:
        return ()
    labels: dict[str, Any] = {
        "cold_to_heat_day": _("Heat allowed from"),
        "clearance_day": _("Bending, twisting and lifting allowed from"),
    }
    views = []
    for name, label in labels.items():
        written: int | None = getattr(draft, name)
        number: int = getattr(usual, name) if written is None else written
        views.append(
            SurgeryDayView(
                label=label,
                on=episode.surgery_on + timedelta(days=number),
                number=number,
                whose=str(OWN_VALUE) if written is None else "",
            )
        )
    return tuple(views)
