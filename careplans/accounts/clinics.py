"""Opening a clinic, and changing what it has decided about itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.refusals import NotAClinicianHere
from careplans.audit.record import Actor, record_change
from careplans.core.refusals import StaleChange

FIELDS = (
    "name", "address", "phone", "country", "emergency_number", "language", "time_zone", "brand_colour",
    "sending_from", "sending_until", "out_of_hours_text", "pain_threshold", "reminder_after_days",
    "check_in_open_days", "clinical_lead", "cover_after_minutes", "lead_after_minutes", "is_sending_paused",
    "approved_translations_only",
)  # fmt: skip


@transaction.atomic
def open_clinic(
    *, name: str, by: Actor, now: datetime, is_demo: bool = False, fields: Mapping[str, Any] | None = None
) -> Clinic:
    """Make one more clinic, with nobody and nothing in it; its administrator fills in what ``fields`` leaves open."""
    given = {key: value for key, value in (fields or {}).items() if key in FIELDS}
    clinic = Clinic.objects.create(**given | {"name": name.strip(), "is_demo": is_demo})
    record_change(by=by, action="clinic.created", subject=clinic, now=now, clinic_id=clinic.pk)
    return clinic


@transaction.atomic
def change_clinic(
    *, clinic: Clinic, version: int, fields: Mapping[str, Any], by: User, now: datetime
) -> Clinic:
    """Set ``fields``; refused when somebody else saved since ``version`` was read."""
    current = Clinic.objects.select_for_update().get(pk=clinic.pk)
    if current.version != version:
        raise StaleChange
    changed = {
        name: fields[name] for name in FIELDS if name in fields and fields[name] != getattr(current, name)
    }
    if not changed:
        return current
    _require_clinician(current, changed.get("clinical_lead"))
    before = {name: _plain(getattr(current, name)) for name in changed}
    for name, value in changed.items():
        setattr(current, name, value)
    current.version += 1
    current.save(update_fields=[*changed, "version"])
    details = {"before": before, "after": {name: _plain(value) for name, value in changed.items()}}
    record_change(
        by=by, action="clinic.changed", subject=current, now=now, clinic_id=clinic.pk, details=details
    )
    return current


def _require_clinician(clinic: Clinic, lead: User | None) -> None:
    if lead is None:
        return
    if not Membership.objects.active().of(clinic).with_role(Role.CLINICIAN).filter(user=lead).exists():
        raise NotAClinicianHere


def _plain(value: Any) -> Any:
    """As the audit trail keeps it: numbers and truth values as they are, people by id, the rest in words."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, list):
        return list(value)
    return value if value is None or isinstance(value, bool | int) else str(value)
