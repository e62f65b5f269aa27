"""What becomes of the doses of a plan when it takes a newer version whose usual dose is another one."""

from __future__ import annotations

from dataclasses import dataclass

from careplans.library.models import ComponentVersion
from careplans.plans.document import PlanDocument
from careplans.plans.newer import dose_with, needs_a_look


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
    document: PlanDocument | None, held: ComponentVersion, newer: ComponentVersion
) -> tuple[DoseUpdate, ...]:
    """For each item with ``held``, as it was published; nothing where both have the same usual dose."""
    if document is None or held.dose == newer.dose:
        return ()
    return tuple(
        DoseUpdate(
            phase=phase.name,
            now=item.dose.in_words(),
            then=dose_with(item.dose, held, newer).in_words(),
            is_asked=needs_a_look(item.dose, held, newer),
        )
        for phase in document.phases
        for item in phase.items
        if item.component_version_id == str(held.pk)
    )
