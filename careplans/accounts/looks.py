"""Noting who looked at whose record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils import timezone

from careplans.accounts.authorise import StaffRequest
from careplans.audit.record import record_look


def note_look(
    request: StaffRequest, *, action: str, subject: models.Model, patient_id: UUID | None
) -> datetime:
    """Write the look into the trail when a page is opened; a form that is sent notes its change instead."""
    now = timezone.now()
    if request.method in ("GET", "HEAD"):
        record_look(
            by=request.user,
            action=action,
            subject=subject,
            now=now,
            clinic_id=request.clinic.pk,
            patient_id=patient_id,
        )
    return now
