"""What the test bench reads of the library: components as they are in use, else as they are being written; and rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from careplans.accounts.models import Clinic
from careplans.core.text import storable
from careplans.library import whole
from careplans.library.conditions import condition_adapter
from careplans.library.dose import Dose, dose_adapter, parse_dose
from careplans.library.edit_rule import RuleSays
from careplans.library.models import ComponentVersion, ReviewState, SafetyRule
from careplans.library.rules import Rule
from careplans.library.selectors import FALLBACK_LANGUAGE, approved_components, wording_in


@dataclass(frozen=True)
class Part:
    """A component that can be put on the bench."""

    code: str
    title: str
    category: str
    tags: tuple[str, ...]
    dose: Dose


def parts_by_code(clinic: Clinic, codes: Iterable[str]) -> dict[str, Part]:
    """The approved version of each, else its newest one that has a dose. Two queries."""
    versions = (
        ComponentVersion.objects.of(clinic)
        .filter(component__code__in=storable(codes))
        .select_related("component")
        .prefetch_related("texts")
        .order_by("number")
    )
    chosen: dict[str, ComponentVersion] = {}
    for version in versions:
        known = chosen.get(version.component.code)
        if known is not None and known.state == ReviewState.APPROVED:
            continue
        if not whole.has_problems(dose_adapter, version.default_dose):
            chosen[version.component.code] = version
    return {code: _part(version) for code, version in chosen.items()}


def codes_to_begin_with(clinic: Clinic, rule: Rule) -> list[str]:
    """One component the rule aims at, so that the bench is not empty."""
    if rule.components:
        return sorted(rule.components)[:1]
    for version in approved_components(clinic):
        if not rule.tags.isdisjoint(version.tags):
            return [version.component.code]
    return []


def rule_as_stored(rule: SafetyRule) -> Rule:
    return Rule(
        code=rule.code,
        components=frozenset(rule.components),
        tags=frozenset(rule.tags),
        when=tuple(condition_adapter.validate_python(one) for one in rule.when),
        severity=rule.severity,
        message=rule.message,
        instead=rule.instead,
        source=rule.source.title,
    )


def rule_as_typed(says: RuleSays, *, code: str) -> Rule:
    return Rule(
        code=code,
        components=frozenset(says.components),
        tags=frozenset(says.tags),
        when=tuple(condition_adapter.validate_python(one) for one in says.when),
        severity=says.severity,
        message=says.message,
        instead=says.instead,
        source=says.source.title if says.source else "",
    )


def title_of(version: Any) -> str:
    return wording_in(version, FALLBACK_LANGUAGE).text.title


def _part(version: ComponentVersion) -> Part:
    return Part(
        code=version.component.code,
        title=title_of(version),
        category=version.component.category,
        tags=tuple(version.tags),
        dose=parse_dose(version.default_dose),
    )


def all_conditions(rules: Sequence[Rule]) -> list[Any]:
    return [condition for rule in rules for condition in rule.when]
