"""Phases of a template as rows of a draft, in the patient's language and with what the library approves now."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from careplans.library.models import ComponentVersion, TemplateItem, TemplatePhase, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE, approved_components
from careplans.library.translations import template_language
from careplans.plans.models import Draft, DraftItem, DraftPhase
from careplans.plans.newer import take_newest

PHASE_WORDS = ("name", "aims", "avoid", "move_on_when", "step_back_when")


def phases_ahead(
    template_version: TemplateVersion, *, anchor_on: date, today: date
) -> tuple[TemplatePhase, ...]:
    """Phases that are not over ``today`` when day 0 is ``anchor_on``."""
    return tuple(
        phase
        for phase in template_version.phases.all()
        if anchor_on + timedelta(days=phase.starts_on_day + phase.days) > today
    )


def copy_phases(draft: Draft, sources: Iterable[tuple[int, TemplatePhase]]) -> None:
    """Write template phases into the draft at their positions; components no longer approved are left out.

    A template's doses were decided beside the usual doses of its day; where those are others now, ``plans.newer`` says what
    becomes of them.
    """
    language = draft.language
    if draft.template_version is not None:
        language = template_language(draft.template_version, language, draft.plan.clinic)
    approved = {version.component_id: version for version in approved_components(draft.plan.clinic)}
    before = _decided_beside(draft.template_version)
    phases, items = [], []
    for position, source in sources:
        phase = DraftPhase(draft=draft, position=position, **phase_fields(source, language))
        phases.append(phase)
        for item_position, (item, version) in enumerate(usable_items(source, approved)):
            decided_with = before.get(item.component_id, version)
            copied = DraftItem(
                phase=phase, position=item_position, component_version=decided_with, dose_data=item.dose
            )
            if decided_with.pk != version.pk:
                take_newest(copied, version)
            items.append(copied)
    DraftPhase.objects.bulk_create(phases)
    DraftItem.objects.bulk_create(items)


def _decided_beside(template_version: TemplateVersion | None) -> dict[uuid.UUID, ComponentVersion]:
    """By component, the version beside which the template's dose was decided.

    The one in use when the template was approved; where none was yet, as in a library that came from elsewhere, the first.
    """
    if template_version is None or template_version.approved_at is None:
        return {}
    held = TemplateItem.objects.filter(phase__version=template_version).values("component")
    ever = ComponentVersion.objects.filter(component__in=held, approved_at__isnull=False).order_by("number")
    found: dict[uuid.UUID, ComponentVersion] = {}
    for version in ever:
        was_in_use = version.approved_at is not None and version.approved_at <= template_version.approved_at
        if was_in_use or version.component_id not in found:
            found[version.component_id] = version
    return found


def bring_back_phases(draft: Draft, *, today: date) -> None:
    """After the plan's day 0 moved: phases that were over when the draft began and no longer are come back."""
    if draft.template_version is None:
        return
    rows = list(draft.phases.all())
    kept = {phase.code for phase in rows}
    ahead = phases_ahead(draft.template_version, anchor_on=draft.anchor_on, today=today)
    missing = [source for source in ahead if source.code not in kept]
    if not missing:
        return
    starts = {row.code: row.starts_on_day for row in rows}
    starts |= {source.code: source.starts_on_day for source in missing}
    place = {code: position for position, code in enumerate(sorted(starts, key=starts.__getitem__))}
    # From the end, so that no two rows hold one position on the way: a row only ever moves back.
    for row in sorted(rows, key=lambda phase: -phase.position):
        if place[row.code] != row.position:
            DraftPhase.objects.filter(pk=row.pk).update(position=place[row.code])
    copy_phases(draft, [(place[source.code], source) for source in missing])


def usable_items(
    source: TemplatePhase, approved: Mapping[uuid.UUID, ComponentVersion]
) -> list[tuple[TemplateItem, ComponentVersion]]:
    """The items of a template phase with the version in use; components no longer approved are left out.

    ``approved``: approved versions by component.
    """
    return [
        (item, approved[item.component_id]) for item in source.items.all() if item.component_id in approved
    ]


def phase_fields(source: TemplatePhase, language: str) -> dict[str, Any]:
    """A template phase as a plan has it, in ``language`` or else in English."""
    words = source.texts.get(language) or source.texts[FALLBACK_LANGUAGE]
    return {
        "code": source.code,
        "starts_on_day": source.starts_on_day,
        "days": source.days,
        "starts": source.starts,
        "criteria": source.criteria,
        "check_in_days": source.check_in_days,
        **{name: words[name] for name in PHASE_WORDS},
    }
