"""The ladder of an alert: who is told next, and when. Pure.

Red flags climb by the clinic's minutes; high and rising pain climb too, a day for each of those hours. The rest waits
on the worklist, where it is seen without being hurried.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _

from careplans.checkins.tiers import Tier

Person = TypeVar("Person")
CLIMBING = frozenset({Tier.RED_FLAG, Tier.THRESHOLD, Tier.WORSENING})
SLOWER = 24


class Step(IntegerChoices):
    OWNER = 0, _("Clinician")
    COVER = 1, _("Cover")
    LEAD = 2, _("Clinical lead")


def climbs_at(
    tier: int, step: int, *, raised_at: datetime, cover_after_minutes: int, lead_after_minutes: int
) -> datetime | None:
    """When the alert leaves ``step``; None when it stays there."""
    minutes = {Step.OWNER: cover_after_minutes, Step.COVER: lead_after_minutes}.get(Step(step))
    if minutes is None or tier not in CLIMBING:
        return None
    return raised_at + timedelta(minutes=minutes * (1 if tier == Tier.RED_FLAG else SLOWER))


def told_at(
    step: Step, *, owner: Person, cover: Person | None, lead: Person | None, clinicians: Sequence[Person]
) -> tuple[Person, ...]:
    """Who hears at ``step``; the first of them becomes the owner. Never empty: an alert is never nobody's.

    Where a rung is vacant, the next one hears; when the lead has been told before, every clinician hears.
    """
    if step == Step.OWNER:
        return (owner,)
    if step == Step.COVER and cover is not None:
        return (cover,)
    if lead is not None and lead != owner:
        return (lead,)
    others = tuple(person for person in clinicians if person != owner)
    return (owner, *others) if owner in clinicians else (others or (owner,))
