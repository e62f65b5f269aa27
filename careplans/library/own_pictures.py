"""Pictures a clinic uploaded instead of a drawn one. Never changed and never deleted: handouts were printed with them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.library.targets import person

# How a plan document names one: no drawn picture begins with it.
PREFIX = "own-"


class OwnPicture(UUIDModel):
    """A PNG or JPEG written anew by us: what came with the upload beside its pixels is gone."""

    class MediaType(models.TextChoices):
        PNG = "image/png", "PNG"
        JPEG = "image/jpeg", "JPEG"

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="own_pictures")
    file = models.FileField(upload_to="pictures/%Y/%m")
    media_type = models.CharField(max_length=20, choices=MediaType)
    sha256 = models.CharField(max_length=64)
    # Pixels.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # {"en": "…"}: what it shows, for those who do not see it.
    alts = models.JSONField(_("what the picture shows"), default=dict)
    uploaded_by = person()
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return str(self.alts.get("en", self.pk))

    @property
    def code(self) -> str:
        """What plan documents call it."""
        return own_code(self.pk)


def own_code(pk: uuid.UUID) -> str:
    return f"{PREFIX}{pk}"
