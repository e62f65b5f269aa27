"""Where a source is cited: components and templates hold its code among their sources, rules and red flags the source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    ReviewState,
    SafetyRule,
    Source,
    TemplateVersion,
)


@dataclass(frozen=True)
class Citations:
    """Versions in use or on their way there."""

    components: tuple[ComponentVersion, ...]
    templates: tuple[TemplateVersion, ...]
    rules: tuple[SafetyRule, ...]
    red_flags: tuple[RedFlag, ...]

    @property
    def count(self) -> int:
        return len(self.components) + len(self.templates) + len(self.rules) + len(self.red_flags)


def citations_of(source: Source, *, for_keepers: bool) -> Citations:
    """``for_keepers``: drafts and what is in review too."""
    states = [ReviewState.APPROVED]
    if for_keepers:
        states += [ReviewState.DRAFT, ReviewState.IN_REVIEW]
    components = ComponentVersion.objects.filter(component__clinic=source.clinic_id, state__in=states)
    templates = TemplateVersion.objects.filter(template__clinic=source.clinic_id, state__in=states)
    of_components = components.select_related("component").prefetch_related("texts")
    of_templates = templates.select_related("template").order_by("template__code", "number")
    return Citations(
        components=tuple(
            of_components.filter(pk__in=_citing(components, source.code)).order_by(
                "component__code", "number"
            )
        ),
        templates=tuple(of_templates.filter(pk__in=_citing(templates, source.code))),
        rules=tuple(source.rules.filter(state__in=states)),
        red_flags=tuple(source.red_flags.filter(state__in=states)),
    )


def is_cited(source: Source) -> bool:
    return citations_of(source, for_keepers=True).count > 0


def _citing(versions: Any, code: str) -> list[Any]:
    """By reading them: no database asks the inside of a list the same way as another one."""
    rows: Iterable[tuple[Any, Any]] = versions.order_by().values_list("pk", "sources")
    return [pk for pk, sources in rows if any(one.get("source") == code for one in sources)]
