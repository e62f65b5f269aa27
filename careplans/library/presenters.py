"""What the library's pages show, formatted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from careplans.library.dose import unit_in_words
from careplans.library.models import (
    SafetyRule,
)

# Tags that are not words.
ABBREVIATIONS = {"nsaid": "NSAID", "tens": "TENS"}


@dataclass(frozen=True)
class RuleRow:
    rule: SafetyRule
    target: str
    when: str


def rule_row(rule: SafetyRule, titles: Mapping[str, str]) -> RuleRow:
    """A rule with its target and its conditions in words; ``titles`` are the components' by code."""
    said = conditions_in_words(rule.when, titles)
    return RuleRow(rule, _named(rule.components, rule.tags, titles), "; ".join(said))


def conditions_in_words(when: Iterable[Any], titles: Mapping[str, str]) -> list[str]:
    """Stored conditions, each as a person reads it."""
    return [_in_words(condition_adapter.validate_python(one), titles) for one in when]


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
