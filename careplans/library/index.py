"""What finding a component reads: one row each, its words ready to be compared. Written by ``search``, never by hand."""

from __future__ import annotations

from django.db import models

from careplans.accounts.models import Clinic


class ComponentIndex(models.Model):
    """Words are folded (case, accents) and joined by spaces; lists stand between spaces, so that " neck " finds one."""

    component = models.OneToOneField(
        "library.Component", on_delete=models.PROTECT, primary_key=True, related_name="index"
    )
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    # Folded title, for those found by it to come first.
    title_words = models.CharField(max_length=400)
    words = models.TextField()
    category = models.CharField(max_length=20)
    regions = models.CharField(max_length=200)
    equipment = models.CharField(max_length=400)
    # Those of all versions that count: the approved one, else the newest, and whatever is being written or reviewed.
    grades = models.CharField(max_length=80)
    states = models.CharField(max_length=80)
    review_due_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "title"], name="component_index_in_order")]

    def __str__(self) -> str:
        return self.title
