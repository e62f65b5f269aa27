"""Doses of a medicine that cannot be meant: the wrong unit, or a slip of the decimal point. Pure.

The most of each medicine stands in the rules of the library, with its source. Above it a rule speaks, and a clinician
may go on with a reason. What is refused here nobody can have decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from decimal import Decimal

from django.utils.translation import gettext as _

from careplans.library.conditions import DoseCondition
from careplans.library.dose import Dose, MedicineDose, unit_in_words
from careplans.library.rules import Rule

# Specialists go past a label, but not by this much. "g" for "mg" is a thousand times, a lost point ten times.
TIMES_THE_MOST = 3


def why_implausible(dose: Dose, *, title: str, code: str, tags: Set[str], rules: Iterable[Rule]) -> str:
    """Why this dose cannot be meant and what to do, in words; empty when it can."""
    if not isinstance(dose, MedicineDose):
        return ""
    for limit in _limits(code, tags, rules):
        values = {"title": title, "dose": dose.amount_in_words(), "unit": unit_in_words(limit.units[0])}
        if dose.unit not in limit.units:
            return _(
                "%(title)s is written in %(units)s, not as %(dose)s. For a liquid, put the volume into the note."
            ) % {**values, "units": _units(limit)}
        each, a_day = limit.amounts(dose) or (Decimal(0), Decimal(0))
        if each > limit.most_each * TIMES_THE_MOST or a_day > limit.most_a_day * TIMES_THE_MOST:
            return _(
                "%(title)s: %(each)s %(unit)s at a time, %(a_day)s %(unit)s a day, cannot be meant. The most is %(most_each)s %(unit)s at a time and %(most_a_day)s %(unit)s a day. Check the amount and the unit."
            ) % {
                **values,
                "each": f"{each:f}",
                "a_day": f"{a_day:f}",
                "most_each": f"{limit.most_each:f}",
                "most_a_day": f"{limit.most_a_day:f}",
            }
    return ""


def _limits(code: str, tags: Set[str], rules: Iterable[Rule]) -> Iterator[DoseCondition]:
    for rule in rules:
        if code in rule.components or not rule.tags.isdisjoint(tags):
            yield from (condition for condition in rule.when if isinstance(condition, DoseCondition))


def _units(limit: DoseCondition) -> str:
    return _(" or ").join(unit_in_words(unit) for unit in limit.units)
