"""Noting who looked at whose record."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import models
from django.utils import timezone

from careplans.accounts.authorise import StaffRequest
from careplans.audit.record import record_look


def note_look(
    request: StaffRequest, *, action: str, subject: models.Model, patient_id: UUID | None
) -> datetime:
    """Write the look into the trail whenever a page shows the record: at once when it is opened, and for a form that
    was sent when its answer is a page. Where the answer leads elsewhere the change stands in the trail instead."""
    now = timezone.now()
    note = partial(
        record_look,
        by=request.user,
        action=action,
        subject=subject,
        now=now,
        clinic_id=request.clinic.pk,
        patient_id=patient_id,
    )
    if request.method in ("GET", "HEAD"):
        note()
    else:
        request.looks_if_shown[action, str(subject.pk)] = note
    return now
