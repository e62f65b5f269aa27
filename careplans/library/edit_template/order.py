"""Positions without gaps. They are unique in the database, which looks at each row as it is written: so whatever takes
part is first put out of the way, and then to its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F

from careplans.library.models import TemplateItem, TemplatePhase

OUT_OF_THE_WAY = 10_000


def lay_phases(phases: Sequence[TemplatePhase], *, first_day: int) -> None:
    """Places from 0 in this order, each phase beginning where the one before ends."""
    TemplatePhase.objects.filter(pk__in=[phase.pk for phase in phases]).update(
        position=F("position") + OUT_OF_THE_WAY
    )
    day = first_day
    for position, phase in enumerate(phases):
        phase.position, phase.starts_on_day = position, day
        day += phase.days
    TemplatePhase.objects.bulk_update(phases, ["position", "starts_on_day"])


def lay_items(of: Iterable[tuple[TemplatePhase, Sequence[TemplateItem]]]) -> None:
    """The items of each phase in this order, places from 0."""
    rows = list(of)
    items = [item for _phase, held in rows for item in held]
    TemplateItem.objects.filter(pk__in=[item.pk for item in items]).update(
        position=F("position") + OUT_OF_THE_WAY
    )
    for phase, held in rows:
        for position, item in enumerate(held):
            item.phase, item.position = phase, position
    TemplateItem.objects.bulk_update(items, ["phase", "position"])
