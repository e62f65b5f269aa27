"""The audit trail: who changed what, and who looked at whose record. Rows are added, never changed or removed."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.core.models import UUIDModel


class AuditTrailIsAppendOnly(Exception):
    """Somebody tried to change or delete an audit event."""


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AuditTrailIsAppendOnly

    def delete(self) -> NoReturn:
        raise AuditTrailIsAppendOnly

    def for_patient(self, patient_id: uuid.UUID) -> AuditEventQuerySet:
        return self.filter(patient_id=patient_id).order_by("-at")


class AuditEvent(UUIDModel):
    class Kind(models.TextChoices):
        CHANGE = "change", _("Change")
        LOOK = "look", _("Look")

    class ActorKind(models.TextChoices):
        STAFF = "staff", _("Staff")
        PATIENT = "patient", _("Patient")
        SYSTEM = "system", _("Careplans")

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    # Plain values, no foreign keys: the trail outlives and never blocks what it tells of.
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)
    clinic_id = models.UUIDField(null=True, db_index=True)
    patient_id = models.UUIDField(null=True, db_index=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditTrailIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AuditTrailIsAppendOnly
