"""The trail only grows."""

from __future__ import annotations

import pytest

from careplans.accounts.models import Clinic
from careplans.audit.models import AuditEvent, AuditTrailIsAppendOnly
from careplans.audit.record import SYSTEM, record_change
from tests.factories import NOW


@pytest.fixture
def event(clinic: Clinic) -> AuditEvent:
    return record_change(by=SYSTEM, action="clinic.tested", subject=clinic, now=NOW, clinic_id=clinic.pk)


def test_an_event_is_not_saved_again(event: AuditEvent) -> None:
    event.action = "nothing.happened"
    with pytest.raises(AuditTrailIsAppendOnly):
        event.save()


def test_events_are_not_changed_in_bulk(event: AuditEvent) -> None:
    with pytest.raises(AuditTrailIsAppendOnly):
        AuditEvent.objects.update(action="nothing.happened")


def test_events_are_not_removed(event: AuditEvent) -> None:
    for remove in (event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(AuditTrailIsAppendOnly):
            remove()
    assert AuditEvent.objects.get().action == "clinic.tested"
