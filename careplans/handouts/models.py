"""Handouts: a plan version as PDF, made once and kept with its hash."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.core.models import UUIDModel
from careplans.plans.models import PlanVersion


class HandoutQuerySet(models.QuerySet["Handout"]):
    def waiting(self, now: datetime) -> HandoutQuerySet:
        """Not made yet and not in anybody's hands, or in hands whose lease has run out."""
        return self.filter(
            models.Q(state=Handout.State.PENDING) | models.Q(state=Handout.State.RENDERING, lease_until__lt=now)
        )


class Handout(UUIDModel):
    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be made")
        RENDERING = "rendering", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

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
    error = models.CharField(max_length=300, blank=True)

    objects = HandoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="ready") | (~models.Q(pdf="") & ~models.Q(sha256="")),
                name="handout_ready_has_its_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}"
