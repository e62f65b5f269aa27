"""What finding a component reads. Written by ``search`` and ``index_words``, never by hand; all of it can be made anew."""

from __future__ import annotations

from django.db import models

from careplans.accounts.models import Clinic

LONGEST_WORD = 60


class ComponentIndex(models.Model):
    """One row for everybody, of what is approved alone; one for those who keep the library, with what is being written.

    Two rows and not one with more columns: no question a clinician asks can find a draft by what nobody has approved.
    Words are folded (``search.fold``). Lists stand between line ends, so that "\\nchair\\n" finds one.
    """

    component = models.ForeignKey("library.Component", on_delete=models.PROTECT, related_name="index")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    for_keepers = models.BooleanField()
    # As in ``IndexedComponent``.
    place = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    # Folded title, for those found by it to come first.
    title_words = models.CharField(max_length=400)
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
            models.UniqueConstraint(fields=["component", "for_keepers"], name="component_indexed_once"),
            models.UniqueConstraint(
                fields=["clinic", "for_keepers", "place"], name="component_index_place_once"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "for_keepers", "title_words"], name="component_index_in_order"),
            models.Index(fields=["clinic", "for_keepers", "equipment"], name="component_index_equipment"),
        ]

    def __str__(self) -> str:
        return self.title


class IndexedComponent(models.Model):
    """Which words stand in the index for a component, so that they can be taken out again, and under which number."""

    component = models.OneToOneField(
        "library.Component", on_delete=models.PROTECT, primary_key=True, related_name="indexed"
    )
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    # Counted from 0 in each clinic: the component's bit in every ``IndexWord``.
    place = models.PositiveIntegerField()
    # Joined by spaces: for everybody, and for those who keep the library.
    words = models.TextField(default="")
    keepers_words = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "place"], name="indexed_component_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.component_id} at {self.place}"


class IndexWord(models.Model):
    """A word of a clinic's library and which components hold it: one bit each, by their place, the lowest first.

    Read through word by word instead of component by component: 10,000 components have some ten thousand different
    words, and say twenty million.
    """

    # Found by the constraint's own index.
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    word = models.CharField(max_length=LONGEST_WORD)
    everybody = models.BinaryField(default=bytes)
    keepers = models.BinaryField(default=bytes)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "word"], name="index_word_once")]

    def __str__(self) -> str:
        return self.word
