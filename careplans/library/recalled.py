"""A component withdrawn for safety, with the reason."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.library.targets import person

REASON_LENGTH = 400


class Recall(UUIDModel):
    """Versions up to ``up_to_number`` are withdrawn. A later one, written and reviewed anew, is not concerned."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="recalls")
    component = models.ForeignKey("library.Component", on_delete=models.PROTECT, related_name="recalls")
    up_to_number = models.PositiveIntegerField()
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    recalled_by = person()
    recalled_at = models.DateTimeField()

    class Meta:
        ordering = ("-recalled_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["component", "up_to_number"], name="recall_of_the_same_versions_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.component.code} up to v{self.up_to_number}"
