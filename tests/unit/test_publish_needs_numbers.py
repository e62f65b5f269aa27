"""No plan reaches a patient who could not call anybody."""

from __future__ import annotations

import pytest

from careplans.accounts.models import Clinic, User
from careplans.builder.publish import publish_plan
from careplans.plans.changes import changes_between
from careplans.plans.models import PlanVersion
from careplans.plans.refusals import PlanRefusal
from tests.factories import NOW
from tests.make.handouts import small_document
from tests.make.plans import make_draft


@pytest.mark.parametrize("missing", ["phone", "emergency_number"])
def test_a_clinic_without_numbers_cannot_publish(clinic: Clinic, clinician: User, missing: str) -> None:
    setattr(clinic, missing, " ")
    clinic.save()
    draft = make_draft(clinic, clinician)
    with pytest.raises(PlanRefusal, match="whom to call"):
        publish_plan(draft=draft, revision=draft.revision, by=clinician, now=NOW)
    assert not PlanVersion.objects.exists()


def test_a_note_that_was_taken_out_is_told() -> None:
    old = small_document()
    phase, item = old.phases[0], old.phases[0].items[0]

    def with_note(note: str) -> object:
        items = (item.model_copy(update={"note": note}), *phase.items[1:])
        return old.model_copy(update={"phases": (phase.model_copy(update={"items": items}), *old.phases[1:])})

    assert changes_between(with_note("Only sitting."), with_note("")) == (
        f"{item.title}: the note for you was taken out.",
    )
    assert changes_between(with_note(""), with_note("")) == ()
