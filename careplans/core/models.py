"""Base of every record that appears in a URL or leaves the system."""

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
