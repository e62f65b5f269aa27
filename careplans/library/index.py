"""What finding a component reads: its words ready to be compared. Written by ``search``, never by hand."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.lookups import Contains

from careplans.accounts.models import Clinic


@models.TextField.register_lookup
class Holds(Contains):
    """``words__holds="tilt"``: ``contains``, as each database finds it soonest in 3 kB: SQLite by LIKE, PostgreSQL by
    ``strpos``, which skips ahead and takes a third of the time."""

    lookup_name = "holds"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        pattern: str = connection.operators["contains"]
        return pattern % rhs

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"STRPOS({column}, %s) > 0", [*params, self.rhs]


class ComponentIndex(models.Model):
    """One row for everybody, of what is approved alone; one for those who keep the library, with what is being written.

    Two rows and not one with more columns: no question a clinician asks can find a draft by a word that nobody has
    approved. Words are folded (``search.fold``). Lists stand between line ends, so that "\\nchair\\n" finds one.
    """

    component = models.ForeignKey("library.Component", on_delete=models.PROTECT, related_name="index")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    for_keepers = models.BooleanField()
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
    # Of the approved version alone.
    review_due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["component", "for_keepers"], name="component_indexed_once")
        ]
        indexes = [
            models.Index(fields=["clinic", "for_keepers", "title_words"], name="component_index_in_order"),
            models.Index(fields=["clinic", "for_keepers", "equipment"], name="component_index_equipment"),
        ]

    def __str__(self) -> str:
        return self.title
