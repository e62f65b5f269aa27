"""Which check-ins of a plan were asked already, by their place in it rather than by their date."""

from __future__ import annotations

from careplans.plans.models import Draft


def asked_places(draft: Draft) -> frozenset[tuple[str, int]]:
    """(phase code, day of the phase) of each check-in that was asked under another day 0 than the draft's.

    When day 0 moves, such a place gets a later date; the patient answered it and is not asked it again. Under the same
    day 0 its date has passed, which is reason enough.
    """
    # Check-ins are a room above this one and are asked over the relation, not imported.
    asked = draft.plan.check_ins.exclude(state__in=["scheduled", "cancelled"]).select_related("version")
    moved = [row for row in asked if row.version.document_data["anchor_on"] != draft.anchor_on.isoformat()]
    documents = {row.version_id: row.version.document for row in moved}
    return frozenset(
        (phase.code, (row.due_on - phase.starts_on).days)
        for row in moved
        for phase in documents[row.version_id].phases
        if phase.starts_on <= row.due_on <= phase.ends_on
    )
