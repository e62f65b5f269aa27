"""Base of every record that appears in a URL or leaves the system; and the forms that were sent (``once``)."""

from __future__ import annotations

import uuid

import uuid_utils.compat
from django.db import models


def new_uuid() -> uuid.UUID:
    """A time-ordered UUID (version 7): not guessable in sequence, yet kind to database indexes."""
    return uuid_utils.compat.uuid7()


class UUIDModel(models.Model):
    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)

    class Meta:
        abstract = True


class SpentForm(models.Model):
    """A form that made something. Its words are not kept, only their digest; nothing can be read out of it."""

    digest = models.CharField(primary_key=True, max_length=64)
    spent_at = models.DateTimeField(db_index=True)
    led_to = models.CharField(max_length=500, default="/")

    def __str__(self) -> str:
        return self.digest
