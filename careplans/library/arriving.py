"""A file of library content that was uploaded and looked at, and waits for a person's word. Nothing of it is in use."""

from __future__ import annotations

from django.db import models

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.library.targets import person


class ArrivingFile(UUIDModel):
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="arriving_files")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    # What taking it in would do, row by row, as it was found when the file came.
    report = models.JSONField(default=list)
    brought_by = person()
    brought_at = models.DateTimeField()
    taken_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-brought_at",)

    def __str__(self) -> str:
        return self.name
