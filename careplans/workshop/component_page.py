"""What the page of one component version shows: both texts, the evidence with every source's saying, what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from careplans.accounts.models import Clinic
from careplans.library.models import ComponentVersion, Effect, ReviewState
from careplans.library.selectors import FALLBACK_LANGUAGE, wording_in
from careplans.library.surgery import SOURCE as HOUSE_SOURCE
from careplans.library.translations import is_approved
from careplans.workshop.finding import dose_in_words, dose_of
from careplans.workshop.patient_view import PatientView, patient_view, with_own_picture
from careplans.workshop.said import WORDS_OF_COMPONENT, language_name, words_of_code


@dataclass(frozen=True)
class SourceLine:
    code: str
    title: str
    says: str


@dataclass(frozen=True)
class Side:
    """What one or more sources say, where sources disagree: each side beside the others, and who is on it."""

    says: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True)
class TextView:
    """``is_approved`` is None for English, which is approved with the version."""

    view: PatientView
    language: str
    name: str
    is_approved: bool | None


@dataclass(frozen=True)
class ComponentPage:
    version: ComponentVersion
    title: str
    dose: str
    english: TextView
    others: tuple[TextView, ...]
    # Two or more where the effect is disputed, else empty.
    sides: tuple[Side, ...]
    sources: tuple[SourceLine, ...]
    regions: tuple[str, ...]
    equipment: tuple[str, ...]
    tags: tuple[str, ...]


def readable_versions(clinic: Clinic, *, for_keepers: bool) -> QuerySet[ComponentVersion]:
    """Those a person may read: who does not keep the library sees what is or was in use, never a draft."""
    versions = (
        ComponentVersion.objects.of(clinic)
        .select_related("component__clinic", "component__origin", "own_picture", "author", "approved_by")
        .prefetch_related("texts")
    )
    return versions if for_keepers else versions.filter(approved_at__isnull=False)


def shown_first(versions: Iterable[ComponentVersion]) -> ComponentVersion | None:
    """The approved version, else the newest."""
    newest = sorted(versions, key=lambda one: -one.number)
    return next((one for one in newest if one.state == ReviewState.APPROVED), next(iter(newest), None))


def component_page(
    version: ComponentVersion, titles: Mapping[str, str], standing: frozenset[tuple[str, str]]
) -> ComponentPage:
    """``titles`` of sources by code; ``standing``: the clinic's approved translations."""
    languages = {text.language: text for text in version.texts.all()}
    order = sorted(languages, key=lambda code: (code != FALLBACK_LANGUAGE, code))
    texts = [_text(version, languages[code], standing) for code in order]
    if FALLBACK_LANGUAGE not in languages:
        texts.insert(0, _text(version, wording_in(version, FALLBACK_LANGUAGE).text, standing))
    sources = tuple(
        SourceLine(one["source"], titles.get(one["source"], ""), one["says"]) for one in version.sources
    )
    is_disputed = version.effect == Effect.DISPUTED
    sides = _sides(sources) if is_disputed else ()
    on_a_side = {line for side in sides for line in side.sources}
    return ComponentPage(
        version=version,
        title=wording_in(version, FALLBACK_LANGUAGE).text.title,
        dose=dose_in_words(version.default_dose),
        english=texts[0],
        others=tuple(texts[1:]),
        sides=sides,
        sources=tuple(line for line in sources if line not in on_a_side),
        regions=tuple(words_of_code(one) for one in version.body_regions),
        equipment=tuple(version.equipment),
        tags=tuple(words_of_code(one) for one in version.tags),
    )


def _sides(sources: Sequence[SourceLine]) -> tuple[Side, ...]:
    """Sources by what they say. What the house itself adds, such as a starting dose, takes no side."""
    said: dict[str, list[SourceLine]] = {}
    for line in sources:
        if line.code != HOUSE_SOURCE:
            said.setdefault(line.says.strip().casefold(), []).append(line)
    return tuple(Side(lines[0].says, tuple(lines)) for lines in said.values()) if len(said) > 1 else ()


def _text(version: ComponentVersion, text: Any, standing: frozenset[tuple[str, str]]) -> TextView:
    words = {name: getattr(text, name) for name in WORDS_OF_COMPONENT}
    view = patient_view(words, dose_of(version.default_dose), version.picture, text.language)
    is_english = text.language == FALLBACK_LANGUAGE
    approved = None if is_english else is_approved(version, text.language, standing)
    return TextView(
        with_own_picture(view, version.own_picture), text.language, language_name(text.language), approved
    )
