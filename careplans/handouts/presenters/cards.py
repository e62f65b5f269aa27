"""Components: each described once, with its dose for every part of the plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from careplans.handouts.pictures import Picture
from careplans.handouts.presenters.courses import courses_in_words, is_over
from careplans.handouts.words import date_range, parts_in_words
from careplans.plans.document import DocumentItem, DocumentPhase, PlanDocument

# In the order a patient needs them; medicines last, so that they are one block to show a pharmacist.
CATEGORIES = (
    "exercise",
    "heat_cold",
    "mind_body",
    "ergonomics",
    "nutrition",
    "hands_on",
    "adjunct",
    "procedure",
    "medicine",
)


@dataclass(frozen=True)
class DoseLine:
    """``when`` is empty where one dose holds for all parts."""

    when: str
    dose: str


@dataclass(frozen=True)
class Card:
    """``number`` is how lists and diary point to it: page numbers would make the drawing take a quarter longer."""

    number: int
    anchor: str
    title: str
    parts: str
    doses: tuple[DoseLine, ...]
    notes: tuple[DoseLine, ...]
    why: str
    steps: tuple[str, ...]
    feel: str
    watch_for: str
    stop_if: str
    picture: str
    picture_alt: str
    course: tuple[str, ...]
    # The language its texts are really in; its doses and dates are in the patient's.
    language: str


@dataclass(frozen=True)
class CardGroup:
    category: str
    heading: str
    intro: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Placed:
    number: int
    phase: DocumentPhase
    item: DocumentItem


def placed_items(document: PlanDocument) -> dict[str, list[Placed]]:
    """Anchor of a component → where it stands in the plan, in the order of first use."""
    placed: dict[str, list[Placed]] = {}
    for number, phase in enumerate(document.phases, start=1):
        for item in phase.items:
            placed.setdefault(anchor_of(item), []).append(Placed(number, phase, item))
    return placed


def anchor_of(item: DocumentItem) -> str:
    """The place of the description in the document. Two versions of a component's text are two descriptions."""
    return f"c-{item.component_code}-{item.component_version_number}"


def numbered(document: PlanDocument) -> dict[str, int]:
    """Anchor → number of the component, in the order in which they are described."""
    anchors = sorted(placed_items(document).items(), key=lambda pair: _rank(pair[1][0].item.category))
    return {anchor: number for number, (anchor, _places) in enumerate(anchors, start=1)}


def card_groups(document: PlanDocument, pictures: Mapping[str, Picture]) -> tuple[CardGroup, ...]:
    """All components by kind; ``pictures`` by code, only those there are."""
    placed = placed_items(document)
    by_category: dict[str, list[Card]] = {}
    for anchor, number in numbered(document).items():
        card = _card(document, number, anchor, placed[anchor], pictures)
        by_category.setdefault(placed[anchor][0].item.category, []).append(card)
    return tuple(_group(category, cards) for category, cards in by_category.items())


def _rank(category: str) -> int:
    return CATEGORIES.index(category) if category in CATEGORIES else len(CATEGORIES)


def _group(category: str, cards: Sequence[Card]) -> CardGroup:
    headings = {
        "exercise": _("Your exercises"),
        "heat_cold": _("Heat and cold"),
        "mind_body": _("Calm body and mind"),
        "ergonomics": _("Sitting, lifting and sleeping"),
        "nutrition": _("Food and drink"),
        "hands_on": _("With your therapist"),
        "adjunct": _("Also part of your plan"),
        "procedure": _("Visits and procedures"),
        "medicine": _("Your medicines"),
    }
    intro = ""
    if category == "medicine":
        intro = _(
            "Your prescriber decides about your medicines. Take nothing more, and ask before you add any other medicine."
        )
    return CardGroup(category, headings.get(category, headings["adjunct"]), intro, tuple(cards))


def _card(
    document: PlanDocument, number: int, anchor: str, places: list[Placed], pictures: Mapping[str, Picture]
) -> Card:
    item = places[0].item
    picture = pictures.get(item.picture)
    return Card(
        number=number,
        anchor=anchor,
        title=item.title,
        parts=parts_in_words([one.number for one in places]) if len(document.phases) > 1 else "",
        doses=_doses([one for one in places if not is_over(one.item, document)]),
        notes=_notes(places, len(document.phases)),
        why=item.why,
        steps=item.steps,
        feel=item.feel,
        watch_for=item.watch_for,
        stop_if=item.stop_if,
        picture=picture.name if picture else "",
        picture_alt=_alt(picture, item) if picture else "",
        course=courses_in_words(document, [(one.phase, one.item) for one in places]),
        language=item.text_language,
    )


def _alt(picture: Picture, item: DocumentItem) -> str:
    """What it shows, in words; else what it is of."""
    return picture.alt or _("Picture: %(title)s") % {"title": item.title}


def _doses(places: Sequence[Placed]) -> tuple[DoseLine, ...]:
    """One line for each dose that differs from the one before; none of what is over."""
    if not places:
        return ()
    runs: list[list[Placed]] = []
    for one in places:
        if runs and runs[-1][0].item.dose_in_words == one.item.dose_in_words:
            runs[-1].append(one)
        else:
            runs.append([one])
    if len(runs) == 1:
        return (DoseLine("", places[0].item.dose_in_words),)
    return tuple(DoseLine(_when(run), run[0].item.dose_in_words) for run in runs)


def _when(run: Sequence[Placed]) -> str:
    values = {
        "parts": parts_in_words([one.number for one in run]),
        "dates": date_range(run[0].phase.starts_on, run[-1].phase.ends_on),
    }
    return _("%(parts)s (%(dates)s)") % values


def _notes(places: Sequence[Placed], number_of_phases: int) -> tuple[DoseLine, ...]:
    """What the clinician wrote for this patient; the same words in several parts once."""
    by_words: dict[str, list[int]] = {}
    for one in places:
        if one.item.note:
            by_words.setdefault(one.item.note, []).append(one.number)
    is_everywhere = len(by_words) == 1 and len(next(iter(by_words.values()))) == len(places)
    return tuple(
        DoseLine("" if is_everywhere or number_of_phases == 1 else parts_in_words(numbers), note)
        for note, numbers in by_words.items()
    )
