"""What becomes of the doses of a plan when it takes a newer version whose usual dose is another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from careplans.library.dose import Dose
from careplans.library.models import ComponentVersion
from careplans.plans.document import PlanDocument
from careplans.plans.models import DraftPhase
from careplans.plans.newer import decided, dose_with, needs_a_look


@dataclass(frozen=True)
class DoseUpdate:
    """One place of the plan, in words.

    ``is_asked``: the plan has a dose of its own, and its clinician is asked; ``now`` and ``then`` differ where it cannot be kept.
    """

    phase: str
    now: str
    then: str
    is_asked: bool


def dose_updates(
    document: PlanDocument | None,
    draft: Iterable[DraftPhase] | None,
    held: ComponentVersion,
    newer: ComponentVersion,
) -> tuple[DoseUpdate, ...]:
    """For each place of the component: in the open draft, which is what would be changed, or else as it was published.

    Nothing where both have the same usual dose. ``draft``: phases with items, see ``plans.selectors``.
    """
    places = _published(document, held) if draft is None else _drafted(draft, newer)
    return tuple(
        DoseUpdate(
            phase=phase,
            now=own.in_words(),
            then=dose_with(own, older, newer).in_words(),
            is_asked=needs_a_look(own, older, newer),
        )
        for phase, own, older in places
        if older.dose != newer.dose
    )


def _published(
    document: PlanDocument | None, held: ComponentVersion
) -> Iterator[tuple[str, Dose, ComponentVersion]]:
    for phase in document.phases if document else ():
        for item in phase.items:
            if item.component_version_id == str(held.pk):
                yield phase.name, item.dose, held


def _drafted(
    draft: Iterable[DraftPhase], newer: ComponentVersion
) -> Iterator[tuple[str, Dose, ComponentVersion]]:
    for phase in draft:
        for item in phase.items.all():
            if item.component_version.component_id == newer.component_id:
                yield phase.name, *decided(item)
