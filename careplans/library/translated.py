"""Which translations a qualified person has approved.

Told by content, not by row: an approval names the hash of the English words and of their translation together. So it goes
along when a new version says the same, and is void as soon as either side changes. Nothing of it is in the version,
which never changes.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.library.targets import paired, person


class TranslationReviewQuerySet(models.QuerySet["TranslationReview"]):
    def standing(self) -> TranslationReviewQuerySet:
        """Given and not withdrawn."""
        return self.filter(withdrawn_at=None)


class TranslationReview(UUIDModel):
    """One qualified person's word that one text says in ``language`` what it says in English."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="translation_reviews")
    # What it was read for: "component", "template" or "red_flag", and its code. For reading, never for looking up.
    of_kind = models.CharField(max_length=20)
    of_code = models.CharField(max_length=80)
    language = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64)
    approved_by = person()
    approved_at = models.DateTimeField()
    withdrawn_by = person(may_be_missing=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = TranslationReviewQuerySet.as_manager()

    class Meta:
        ordering = ("of_kind", "of_code", "language")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "language", "sha256"],
                condition=Q(withdrawn_at=None),
                name="translation_approved_once",
            ),
            models.CheckConstraint(condition=paired("withdrawn"), name="translation_withdrawn_paired"),
        ]

    def __str__(self) -> str:
        return f"{self.of_code} ({self.language})"
