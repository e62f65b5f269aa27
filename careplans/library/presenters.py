"""What the library's pages show, formatted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from careplans.library.conditions import (
    AgeCondition,
    AllergyCondition,
    BeforeDayCondition,
    Condition,
    CourseCondition,
    FactCondition,
    TogetherCondition,
    condition_adapter,
)
from careplans.library.models import ComponentText, ComponentVersion, SafetyRule


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


def rule_row(rule: SafetyRule) -> RuleRow:
    """A rule with its target and its conditions in words."""
    conditions = [condition_adapter.validate_python(one) for one in rule.when]
    said = [_in_words(condition) for condition in conditions]
    return RuleRow(rule, ", ".join([*rule.components, *rule.tags]), "; ".join(said))


def _in_words(condition: Condition) -> str:
    match condition:
        case FactCondition():
            # Codes read as words: the library knows nothing of the patients' room and its labels.
            return _listed([code.replace("_", " ") for code in condition.any_of])
        case AgeCondition():
            return _("aged %(age)d or older") % {"age": condition.at_least}
        case CourseCondition():
            return _("planned for more than %(days)d days") % {"days": condition.longer_than_days}
        case TogetherCondition():
            return _("together with %(others)s") % {
                "others": _listed([*condition.components, *condition.tags])
            }
        case BeforeDayCondition(day="cold_to_heat"):
            return _("before the day cold may change to heat")
        case BeforeDayCondition():
            return _("before the surgical clearance day")
        case AllergyCondition():
            return _("allergy to %(materials)s") % {"materials": _listed(condition.materials)}
        case _:
            return _("always")


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
