"""The two verbs of the trail. Both run inside the caller's transaction: no change without its record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import models

from careplans.audit.models import AuditEvent


class Actor(Protocol):
    """Whoever does something: a signed-in person, a patient on a link, or the product itself."""

    @property
    def actor_id(self) -> uuid.UUID | None: ...
    @property
    def actor_label(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...


@dataclass(frozen=True)
class NonPerson:
    actor_kind: str
    actor_label: str
    actor_id: uuid.UUID | None = None


SYSTEM = NonPerson(AuditEvent.ActorKind.SYSTEM.value, "Careplans")
PATIENT = NonPerson(AuditEvent.ActorKind.PATIENT.value, "Patient")


def record_change(
    *,
    by: Actor,
    action: str,
    subject: models.Model,
    now: datetime,
    clinic_id: uuid.UUID | None,
    patient_id: uuid.UUID | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Note that ``by`` did ``action`` (e.g. ``plan.published``) to ``subject``; ``details`` holds no free clinical text."""
    return _add(
        AuditEvent.Kind.CHANGE,
        by,
        subject,
        patient_id=patient_id,
        clinic_id=clinic_id,
        action=action,
        at=now,
        details=details or {},
    )


def record_look(
    *,
    by: Actor,
    action: str,
    subject: models.Model,
    now: datetime,
    clinic_id: uuid.UUID | None,
    patient_id: uuid.UUID | None,
) -> AuditEvent:
    """Note that ``by`` looked at a record."""
    return _add(
        AuditEvent.Kind.LOOK, by, subject, patient_id=patient_id, clinic_id=clinic_id, action=action, at=now
    )


def _add(kind: AuditEvent.Kind, by: Actor, subject: models.Model, **fields: Any) -> AuditEvent:
    return AuditEvent.objects.create(
        kind=kind,
        actor_kind=by.actor_kind,
        actor_id=by.actor_id,
        actor_label=by.actor_label,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        **fields,
    )
