"""What one check-in asks, read from the frozen plan document. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from careplans.plans.document import DocumentItem, DocumentPhase, DocumentRedFlag, PlanDocument

# Information and referral: there is nothing in them that a patient does at home.
NOT_DONE_BY_PATIENT = frozenset({"procedure"})


class SideEffect(TextChoices):
    DROWSINESS = "drowsiness", _("Very sleepy or dizzy")
    DRY_MOUTH = "dry_mouth", _("Dry mouth")
    STOMACH = "stomach", _("Stomach pain or black stool")
    SKIN = "skin", _("Skin red, blistered or burnt after heat or cold")
    SORENESS = "soreness", _("Sore for more than a day after the exercises")
    OTHER = "other", _("Something else")


class Barrier(TextChoices):
    """What got in the way. Information for the clinician; none of it raises an alert."""

    PAIN = "pain", _("It hurt too much")
    FEAR = "fear", _("I was afraid of doing harm")
    UNSURE = "unsure", _("I was not sure how to do it")
    NO_TIME = "no_time", _("I had no time")
    FORGOT = "forgot", _("I forgot")
    NO_MEANS = "no_means", _("I lacked something for it: a place, a heat pack, the medicine")
    BETTER = "better", _("I felt better and left it out")
    OTHER = "other", _("Something else")


# What brings which side effect: tags of a component.
SIDE_EFFECTS_OF: dict[SideEffect, frozenset[str]] = {
    SideEffect.DROWSINESS: frozenset(
        {"sedating", "relaxant", "benzodiazepine", "opioid", "gabapentinoid", "baclofen"}
    ),
    SideEffect.DRY_MOUTH: frozenset({"sedating", "relaxant"}),
    SideEffect.STOMACH: frozenset({"nsaid"}),
    SideEffect.SKIN: frozenset({"heat", "cold"}),
    SideEffect.SORENESS: frozenset({"exercise", "stretching", "strengthening"}),
}


@dataclass(frozen=True)
class Questions:
    """The flags, the things to do and the side effects that belong to this patient on this day."""

    red_flags: tuple[DocumentRedFlag, ...]
    items: tuple[DocumentItem, ...]
    side_effects: tuple[SideEffect, ...]

    @property
    def flag_codes(self) -> frozenset[str]:
        return frozenset(flag.code for flag in self.red_flags)

    @property
    def component_codes(self) -> frozenset[str]:
        return frozenset(item.component_code for item in self.items)


def questions_of(document: PlanDocument, day: date) -> Questions:
    """The questions for ``day``: all red flags of the plan, and what is to be done then.

    That is what the phase of the day holds and whose own days are not over, and a medicine that outlasts its phase.
    """
    near = _phase_near(document, day)
    begun = [item for phase in document.phases for item in phase.items if item.course]
    items = _once_each(
        [
            *(item for item in near.items if not item.is_over_by(day)),
            *(item for item in begun if item.course and item.course.holds(day)),
        ]
    )
    tags = {tag for item in items for tag in item.tags}
    side_effects = tuple(effect for effect, tags_of in SIDE_EFFECTS_OF.items() if tags & tags_of)
    return Questions(
        red_flags=document.red_flags,
        items=tuple(item for item in items if item.category not in NOT_DONE_BY_PATIENT),
        side_effects=(*side_effects, SideEffect.OTHER) if side_effects else (),
    )


def _phase_near(document: PlanDocument, day: date) -> DocumentPhase:
    """The phase of that day; before the plan the first, between or after its phases the one before."""
    begun = [phase for phase in document.phases if phase.starts_on <= day]
    return begun[-1] if begun else document.phases[0]


def _once_each(items: Iterable[DocumentItem]) -> tuple[DocumentItem, ...]:
    by_code = {item.component_code: item for item in items}
    return tuple(by_code.values())
