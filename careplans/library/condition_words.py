"""Safety rules in plain words: what a rule aims at, each condition as it follows "when", and the whole in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from careplans.library.conditions import (
    AgeCondition,
    AllergyCondition,
    AlwaysCondition,
    BeforeDayCondition,
    Condition,
    CourseCondition,
    DoseCondition,
    FactCondition,
    StoppedCondition,
    TogetherCondition,
)
from careplans.library.dose import unit_in_words
from careplans.library.known_facts import fact_label

# Tags that are not words.
ABBREVIATIONS = {"nsaid": "NSAID", "tens": "TENS", "mao": "MAO"}
UNSAID = "…"
# Of the names an allergy may also be written by, in a sentence.
NAMES_SHOWN = 4


def rule_name(code: str) -> str:
    """What a rule is called: the short name it was given, as a code in small letters and hyphens, read as words again."""
    return capfirst(" ".join(ABBREVIATIONS.get(word, word) for word in code.split("-")))


def tag_in_words(tag: str) -> str:
    return ABBREVIATIONS.get(tag, tag.replace("_", " "))


def aim_in_words(components: Sequence[str], tags: Sequence[str], titles: Mapping[str, str]) -> str:
    """Components by title, then whatever has a tag; ``titles`` are the components' by code."""
    parts = [titles.get(code, code) for code in components]
    if tags:
        parts.append(_("anything tagged %(tags)s") % {"tags": _either(_quoted(map(tag_in_words, tags)))})
    return _either(parts)


def rule_in_words(
    *,
    severity: str,
    components: Sequence[str],
    tags: Sequence[str],
    when: Iterable[Condition | None],
    titles: Mapping[str, str],
) -> str:
    """The rule said back in one sentence. What is not chosen or not filled in yet is left open."""
    begins = {"stop": _("Stops"), "caution": _("Caution with"), "inform": _("For information with")}
    return _("%(severity)s: %(aim)s, when %(when)s.") % {
        "severity": begins.get(severity, UNSAID),
        "aim": aim_in_words(components, tags, titles) or UNSAID,
        "when": when_in_words(when, titles) or UNSAID,
    }


def when_in_words(when: Iterable[Condition | None], titles: Mapping[str, str]) -> str:
    """All conditions, which must hold together; None stands for one that cannot be read yet."""
    return _(", and ").join(
        condition_in_words(condition, titles) if condition else UNSAID for condition in when
    )


def condition_in_words(condition: Condition, titles: Mapping[str, str], *, in_full: bool = False) -> str:
    """As it follows "when". ``in_full``: with every other name of an allergy, not the first few."""
    match condition:
        case FactCondition():
            return _fact(condition)
        case AgeCondition():
            return _("the patient is aged %(age)d or older") % {"age": condition.at_least}
        case CourseCondition():
            return _("it is planned for more than %(days)d days") % {"days": condition.longer_than_days}
        case TogetherCondition():
            others = aim_in_words(condition.components, condition.tags, titles)
            return _("the plan also holds %(others)s") % {"others": others}
        case BeforeDayCondition(day="cold_to_heat"):
            return _("it would be done before the day cold may change to heat")
        case BeforeDayCondition():
            return _("it would be done before the surgical clearance day")
        case AllergyCondition():
            return _allergy(condition, in_full=in_full)
        case DoseCondition():
            return _dose(condition)
        case StoppedCondition():
            return _stopped(condition)
        case AlwaysCondition():
            return _("it is in a plan")


def _fact(condition: FactCondition) -> str:
    facts = _either(_quoted(map(fact_label, condition.any_of)))
    if not condition.days_after:
        return _("the record says %(facts)s") % {"facts": facts}
    return ngettext(
        "the record says %(facts)s now or in the %(days)d day before",
        "the record says %(facts)s now or in the %(days)d days before",
        condition.days_after,
    ) % {"facts": facts, "days": condition.days_after}


def _allergy(condition: AllergyCondition, *, in_full: bool) -> str:
    materials = _("an allergy to %(materials)s is on record") % {"materials": _either(condition.materials)}
    if not condition.also_called:
        return materials
    shown = len(condition.also_called) if in_full else NAMES_SHOWN
    names = ", ".join(condition.also_called[:shown])
    more = len(condition.also_called) - shown
    if more > 0:
        names = _("%(names)s and %(number)d more") % {"names": names, "number": more}
    return _("%(materials)s (also written as %(names)s)") % {"materials": materials, "names": names}


def _dose(condition: DoseCondition) -> str:
    return _(
        "it is more than %(each)s %(unit)s at a time or %(day)s %(unit)s a day, or not written in %(units)s"
    ) % {
        "each": f"{condition.most_each:f}",
        "day": f"{condition.most_a_day:f}",
        "unit": unit_in_words(condition.units[0]),
        "units": _either([unit_in_words(unit) for unit in condition.units]),
    }


def _stopped(condition: StoppedCondition) -> str:
    stops = _("it stops earlier than the patient was told, or the plan ends")
    if not condition.ended_within_days:
        return stops
    return ngettext(
        "%(stops)s, also up to %(days)d day after its last one",
        "%(stops)s, also up to %(days)d days after its last one",
        condition.ended_within_days,
    ) % {"stops": stops, "days": condition.ended_within_days}


def _quoted(words: Iterable[str]) -> list[str]:
    return [_("“%(word)s”") % {"word": word} for word in words]


def _either(words: Sequence[str]) -> str:
    """ "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(before)s or %(last)s") % {"before": ", ".join(words[:-1]), "last": words[-1]}
