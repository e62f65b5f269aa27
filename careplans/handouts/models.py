"""Handouts: a plan version as PDF, made once and kept with its hash."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.handouts.failures import Failure
from careplans.plans.models import PlanVersion


class HandoutQuerySet(models.QuerySet["Handout"]):
    def of(self, clinic: Clinic) -> HandoutQuerySet:
        return self.filter(version__plan__clinic=clinic)

    def waiting(self, now: datetime) -> HandoutQuerySet:
        """Not made yet and not in anybody's hands, or in hands whose lease has run out."""
        return self.filter(
            models.Q(state=Handout.State.PENDING)
            | models.Q(state=Handout.State.RENDERING, lease_until__lt=now)
        )

    def held(self, lease_id: uuid.UUID) -> HandoutQuerySet:
        """The one this lease still holds; none when it ran out and somebody else has taken over."""
        return self.filter(state=Handout.State.RENDERING, lease_id=lease_id)


class Handout(UUIDModel):
    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be made")
        RENDERING = "rendering", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")
        DAMAGED = "damaged", _("The stored file is not the one that was made")

    version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="handout")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    pdf = models.FileField(upload_to="handouts/%Y/%m", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)
    lease_id = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=20, choices=Failure, blank=True)
    error_detail = models.CharField(max_length=200, blank=True)

    objects = HandoutQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "requested_at"], name="handout_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="ready") | (~models.Q(pdf="") & ~models.Q(sha256="")),
                name="handout_ready_has_its_file",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="rendering")
                | models.Q(lease_id__isnull=False, lease_until__isnull=False),
                name="handout_in_hands_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(error=""), name="handout_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}"
