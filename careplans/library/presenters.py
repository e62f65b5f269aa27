"""What the library's pages show, formatted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from careplans.library.conditions import (
    AgeCondition,
    AllergyCondition,
    BeforeDayCondition,
    Condition,
    CourseCondition,
    DoseCondition,
    FactCondition,
    StoppedCondition,
    TogetherCondition,
    condition_adapter,
)
from careplans.library.dose import parse_dose, unit_in_words
from careplans.library.models import (
    ComponentText,
    ComponentVersion,
    SafetyRule,
    TemplateItem,
    TemplatePhase,
)

# Tags that are not words.
ABBREVIATIONS = {"nsaid": "NSAID", "tens": "TENS"}


@dataclass(frozen=True)
class ComponentRow:
    version: ComponentVersion
    title: str
    dose: str


@dataclass(frozen=True)
class SourceLine:
    code: str
    title: str
    says: str


@dataclass(frozen=True)
class ComponentPage:
    version: ComponentVersion
    texts: tuple[ComponentText, ...]
    dose: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True)
class TemplateItemLine:
    item: TemplateItem
    title: str
    dose: str


@dataclass(frozen=True)
class TemplatePhaseView:
    phase: TemplatePhase
    words: Mapping[str, Any]
    items: tuple[TemplateItemLine, ...]


@dataclass(frozen=True)
class RuleRow:
    rule: SafetyRule
    target: str
    when: str


def component_row(version: ComponentVersion, text: ComponentText) -> ComponentRow:
    return ComponentRow(version, text.title, version.dose.in_words())


def component_page(version: ComponentVersion, source_titles: Mapping[str, str]) -> ComponentPage:
    """One version with all its languages and sources; where sources disagree, all stand here."""
    return ComponentPage(
        version=version,
        texts=tuple(version.texts.all()),
        dose=version.dose.in_words(),
        sources=tuple(
            SourceLine(one["source"], source_titles.get(one["source"], ""), one["says"])
            for one in version.sources
        ),
    )


def template_phase(phase: TemplatePhase, titles: Mapping[str, str], language: str) -> TemplatePhaseView:
    """A phase with what it holds called as the patient reads it."""
    return TemplatePhaseView(
        phase=phase,
        words=phase.texts[language],
        items=tuple(
            TemplateItemLine(
                item, titles.get(item.component.code, item.component.code), parse_dose(item.dose).in_words()
            )
            for item in phase.items.all()
        ),
    )


def rule_row(rule: SafetyRule, titles: Mapping[str, str]) -> RuleRow:
    """A rule with its target and its conditions in words; ``titles`` are the components' by code."""
    conditions = [condition_adapter.validate_python(one) for one in rule.when]
    said = [_in_words(condition, titles) for condition in conditions]
    return RuleRow(rule, _named(rule.components, rule.tags, titles), "; ".join(said))


def _named(components: Sequence[str], tags: Sequence[str], titles: Mapping[str, str]) -> str:
    """Components by title, then tags as plain words, each once: a title and a tag are often the same word."""
    words = [titles.get(code, code) for code in components]
    said = {word.casefold() for word in words}
    words += [ABBREVIATIONS.get(tag, tag.replace("_", " ")) for tag in tags if tag not in said]
    return _listed(words)


def _in_words(condition: Condition, titles: Mapping[str, str]) -> str:
    match condition:
        case FactCondition():
            # Codes read as words: the library knows nothing of the patients' room and its labels.
            facts = _listed([code.replace("_", " ") for code in condition.any_of])
            if not condition.days_after:
                return facts
            return _("%(facts)s, now or in the %(days)d days before") % {
                "facts": facts,
                "days": condition.days_after,
            }
        case AgeCondition():
            return _("aged %(age)d or older") % {"age": condition.at_least}
        case CourseCondition():
            return _("planned for more than %(days)d days") % {"days": condition.longer_than_days}
        case TogetherCondition():
            return _("together with %(others)s") % {
                "others": _named(condition.components, condition.tags, titles)
            }
        case BeforeDayCondition(day="cold_to_heat"):
            return _("before the day cold may change to heat")
        case BeforeDayCondition():
            return _("before the surgical clearance day")
        case AllergyCondition():
            materials = {"materials": _listed(condition.materials), "names": _listed(condition.also_called)}
            if condition.also_called:
                return _("allergy to %(materials)s (also written as %(names)s)") % materials
            return _("allergy to %(materials)s") % materials
        case DoseCondition():
            return _(
                "more than %(each)s %(unit)s at a time or %(day)s %(unit)s a day, or not in %(units)s"
            ) % {
                "each": f"{condition.most_each:f}",
                "day": f"{condition.most_a_day:f}",
                "unit": unit_in_words(condition.units[0]),
                "units": _listed([unit_in_words(unit) for unit in condition.units]),
            }
        case StoppedCondition():
            return _("was in the version before and stops earlier, or the plan ends")
        case _:
            return _("always")


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
