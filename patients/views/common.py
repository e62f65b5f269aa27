"""What the pages about one patient share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from careplans.accounts.authorise import StaffRequest
from careplans.accounts.looks import note_look as accounts_note_look
from patients.identity import clinic_day
from patients.models import Patient
from patients.presenters import patient_header


def patient_of(request: StaffRequest, pk: UUID) -> Patient:
    """The patient, or 404 outside the clinic."""
    return get_object_or_404(Patient.objects.of(request.clinic).select_related("clinic"), pk=pk)


def today_at(request: StaffRequest) -> date:
    return clinic_day(request.clinic, timezone.now())


def typed_in(request: StaffRequest) -> QueryDict | None:
    """What was sent, for a form to check; None on the first look, so that it shows no errors."""
    return request.POST if request.method == "POST" else None


def note_look(
    request: StaffRequest, patient: Patient, action: str, subject: models.Model | None = None
) -> datetime:
    """The look at a page of this room, or at ``subject`` on it."""
    return accounts_note_look(request, action=action, subject=subject or patient, patient_id=patient.pk)


def page_context(request: StaffRequest, patient: Patient, **more: Any) -> dict[str, Any]:
    """The context with the patient's header in it."""
    header = patient_header(patient, permissions=request.permissions, today=today_at(request))
    return {"patient": header, "cancel_url": header.url, **more}
