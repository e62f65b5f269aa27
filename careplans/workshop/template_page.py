"""What the pages of a template show: its versions, its phases counted in days, its items with their dose in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Permission
from careplans.core.timeline import Mark, PhaseSpan
from careplans.library.dose import parse_dose
from careplans.library.edit_template.general import free_code
from careplans.library.edit_template.phases import name_of
from careplans.library.models import (
    Component,
    ComponentText,
    ReviewState,
    Template,
    TemplateItem,
    TemplatePhase,
    TemplateVersion,
)
from careplans.library.selectors import FALLBACK_LANGUAGE, source_titles
from careplans.library.whole import problems_of
from patients.models import Episode

# Days of a template belong to no calendar; the drawing needs some.
SOME_DAY = date(2001, 1, 1)
WORDS: Mapping[str, Any] = {"name": "", "aims": (), "avoid": (), "move_on_when": (), "step_back_when": ()}


@dataclass(frozen=True)
class ComponentName:
    title: str
    is_in_use: bool


@dataclass(frozen=True)
class ItemLine:
    item: TemplateItem
    title: str
    dose: str
    # False: no version of it is approved, so that plans leave it out.
    is_in_use: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class PhaseCard:
    phase: TemplatePhase
    name: str
    words: Mapping[str, Any]
    when: str
    length: str
    check_ins: str
    criteria: tuple[str, ...]
    items: tuple[ItemLine, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class TemplatePage:
    version: TemplateVersion
    words: Mapping[str, str]
    region: str
    days: str
    phases: tuple[PhaseCard, ...]
    spans: tuple[PhaseSpan, ...]
    marks: tuple[Mark, ...]
    # (code, title, what it says)
    sources: tuple[tuple[str, str, str], ...]

    @property
    def is_draft(self) -> bool:
        return self.version.state == ReviewState.DRAFT


@dataclass(frozen=True)
class TemplateRow:
    """A template by the version that counts: the approved one, else the newest. ``newer``: what is on its way."""

    version: TemplateVersion
    newer: TemplateVersion | None
    summary: str
    region: str
    phases: int
    days: str
    is_due: bool


def visible_versions(clinic: Clinic, permissions: frozenset[Permission]) -> QuerySet[TemplateVersion]:
    """Drafts and what is in review are there for those who keep the library alone."""
    versions = TemplateVersion.objects.filter(template__clinic=clinic).select_related(
        "template__clinic", "template__origin"
    )
    # What never was in use, such as a draft that was dropped, nobody else reads.
    return versions if Permission.KEEP_LIBRARY in permissions else versions.filter(approved_at__isnull=False)


def template_rows(clinic: Clinic, permissions: frozenset[Permission], today: date) -> list[TemplateRow]:
    """Every template once, by title; one query."""
    versions = visible_versions(clinic, permissions).annotate(
        phase_count=Count("phases"), day_count=Sum("phases__days")
    )
    of_template: dict[uuid.UUID, list[Any]] = {}
    for version in versions.order_by("template", "-number"):
        of_template.setdefault(version.template_id, []).append(version)
    rows = [_row(own, today) for own in of_template.values()]
    return sorted(
        rows, key=lambda row: (row.version.state == ReviewState.RETIRED, str(row.version).casefold())
    )


def with_parts(versions: QuerySet[TemplateVersion]) -> QuerySet[TemplateVersion]:
    """With phases, items and components: three queries."""
    items = TemplateItem.objects.select_related("component")
    return versions.prefetch_related("phases", Prefetch("phases__items", queryset=items))


def template_page(version: TemplateVersion) -> TemplatePage:
    """One version as it is read, in English; ``version`` comes ``with_parts``. Two queries."""
    phases = list(version.phases.all())
    names = component_names(item.component_id for phase in phases for item in phase.items.all())
    titles = source_titles(version.template.clinic)
    first = phases[0].starts_on_day if phases else 0
    cards = tuple(_card(phase, place, phases, names, first) for place, phase in enumerate(phases))
    return TemplatePage(
        version=version,
        words={"title": str(version), "summary": "", "for_patient": ""}
        | version.texts.get(FALLBACK_LANGUAGE, {}),
        region=region_name(version.body_region),
        days=days_in_words(sum(phase.days for phase in phases)),
        phases=cards,
        spans=tuple(_span(card) for card in cards),
        marks=tuple(_marks(phases)),
        sources=tuple((one["source"], titles.get(one["source"], ""), one["says"]) for one in version.sources),
    )


def to_mend(version: TemplateVersion) -> tuple[str, ...]:
    """What is missing before it can be submitted, as sentences: the very rules that submitting asks."""
    return tuple(f"{problem[:1].upper()}{problem[1:].rstrip('.')}." for problem in problems_of(version))


def component_names(component_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ComponentName]:
    """What each component is called in English: in use, else in its newest version. One query."""
    texts = (
        ComponentText.objects.filter(version__component__in=set(component_ids), language=FALLBACK_LANGUAGE)
        .order_by("version__number")
        .values_list("version__component_id", "version__state", "title")
    )
    names: dict[uuid.UUID, ComponentName] = {}
    for component_id, state, title in texts:
        known = names.get(component_id)
        if known is None or not known.is_in_use:
            names[component_id] = ComponentName(title, state == ReviewState.APPROVED)
    return names


def proposed_code(original: TemplateVersion) -> str:
    """A code for a copy that no template of the clinic has."""
    taken = Template.objects.filter(clinic=original.template.clinic_id).values_list("code", flat=True)
    return free_code(f"{original.template.code}-own", set(taken), "template")


def phase_of(version: TemplateVersion, pk: uuid.UUID | None) -> TemplatePhase | None:
    """A phase of this version, with what its verbs ask for."""
    return version.phases.filter(pk=pk).select_related("version__template").first() if pk else None


def item_of(version: TemplateVersion, pk: uuid.UUID) -> TemplateItem | None:
    items = TemplateItem.objects.filter(phase__version=version, pk=pk)
    return items.select_related("phase__version__template", "component").first()


def tags_of(component: Component) -> frozenset[str]:
    """The tags of its newest version."""
    newest = component.versions.order_by("-number").first()
    return frozenset(newest.tags) if newest else frozenset()


def region_name(region: str) -> str:
    return str(dict(Episode.BodyRegion.choices).get(region, region))


def days_in_words(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _row(own: Sequence[Any], today: date) -> TemplateRow:
    shown = next((one for one in own if one.state == ReviewState.APPROVED), own[0])
    open_ones = [one for one in own if one.state in (ReviewState.DRAFT, ReviewState.IN_REVIEW)]
    return TemplateRow(
        version=shown,
        newer=next((one for one in open_ones if one is not shown), None),
        summary=shown.texts.get(FALLBACK_LANGUAGE, {}).get("summary", ""),
        region=region_name(shown.body_region),
        phases=shown.phase_count,
        days=days_in_words(shown.day_count or 0),
        is_due=shown.state == ReviewState.APPROVED and shown.is_review_due(today),
    )


def _card(
    phase: TemplatePhase,
    place: int,
    phases: Sequence[TemplatePhase],
    names: Mapping[uuid.UUID, ComponentName],
    first: int,
) -> PhaseCard:
    items = list(phase.items.all())
    start = phase.starts_on_day - first
    return PhaseCard(
        phase=phase,
        name=name_of(phase),
        words={**WORDS, **phase.texts.get(FALLBACK_LANGUAGE, {})},
        when=_when(start + 1, start + phase.days),
        length=days_in_words(phase.days),
        check_ins=", ".join(str(day + 1) for day in phase.check_in_days),
        criteria=tuple(_criteria(phase.criteria)),
        items=tuple(_line(item, number, len(items), names) for number, item in enumerate(items)),
        is_first=place == 0,
        is_last=place == len(phases) - 1,
    )


def _line(item: TemplateItem, number: int, count: int, names: Mapping[uuid.UUID, ComponentName]) -> ItemLine:
    name = names.get(item.component_id, ComponentName(item.component.code, is_in_use=False))
    return ItemLine(
        item=item,
        title=name.title,
        dose=parse_dose(item.dose).in_words(),
        is_in_use=name.is_in_use,
        is_first=number == 0,
        is_last=number == count - 1,
    )


def _when(first: int, last: int) -> str:
    if first == last:
        return _("Day %(day)d") % {"day": first}
    return _("Days %(first)d to %(last)d") % {"first": first, "last": last}


def _criteria(criteria: Mapping[str, Any]) -> Iterator[str]:
    """What must hold before the next phase is proposed."""
    if criteria.get("pain_at_most") is not None:
        yield _("pain at most %(pain)d of 10") % {"pain": criteria["pain_at_most"]}
    if criteria.get("adherence_at_least") is not None:
        yield _("at least %(share)d %% done as planned") % {"share": criteria["adherence_at_least"]}
    if criteria.get("days_at_least") is not None:
        days = criteria["days_at_least"]
        yield ngettext("at least %(n)d day in this phase", "at least %(n)d days in this phase", days) % {
            "n": days
        }
    if criteria.get("clinician_confirms"):
        yield _("a clinician confirms")


def _span(card: PhaseCard) -> PhaseSpan:
    starts_on = SOME_DAY + timedelta(days=card.phase.starts_on_day)
    by_decision = card.phase.starts == "by_decision"
    return PhaseSpan(
        name=card.name,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=max(card.phase.days, 1) - 1),
        when=card.when,
        note=_("starts when a clinician decides") if by_decision else "",
    )


def _marks(phases: Iterable[TemplatePhase]) -> Iterator[Mark]:
    for phase in phases:
        for day in phase.check_in_days:
            on = SOME_DAY + timedelta(days=phase.starts_on_day + day)
            label = _("Check-in on day %(day)d of “%(phase)s”") % {"day": day + 1, "phase": name_of(phase)}
            yield Mark(on=on, kind="planned", label=label)
