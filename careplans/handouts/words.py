"""Dates as a patient reads them, in the active language. Months are words, so 3/4 is never two different days."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "ug", "ur", "yi"})


def direction_of(language: str) -> str:
    """How a language runs: ``ltr`` or ``rtl``."""
    return "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def direction_of_text(text: str, otherwise: str) -> str:
    """How a name or an address runs that may be of the other script; mixed text runs with its document."""
    kinds = {unicodedata.bidirectional(character) for character in text}
    is_left, is_right = "L" in kinds, bool(kinds & {"R", "AL"})
    if is_left == is_right:
        return otherwise
    return "ltr" if is_left else "rtl"


def day_month(day: date) -> str:
    """2 March"""
    return format_date(day, pgettext("date format: 2 March", "j F"))


def day_month_year(day: date) -> str:
    """2 March 2026"""
    return format_date(day, pgettext("date format: 2 March 2026", "j F Y"))


def weekday_day_month(day: date) -> str:
    """Monday 2 March"""
    return format_date(day, pgettext("date format: Monday 2 March", "l j F"))


def short_weekday(day: date) -> str:
    """Mon"""
    return format_date(day, "D")


def short_day_month(day: date) -> str:
    """2 Mar"""
    return format_date(day, pgettext("date format: 2 Mar", "j M"))


def date_range(first: date, last: date, *, with_year: bool = False) -> str:
    """2 March · 2–7 March · 30 March – 3 April"""
    end = day_month_year(last) if with_year or first.year != last.year else day_month(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    start = day_month_year(first) if first.year != last.year else day_month(first)
    return f"{start} – {end}"


def length_in_words(days: int) -> str:
    """2 days · 3 weeks · 12 weeks"""
    if days % 7 == 0 and days > 7:
        weeks = days // 7
        return ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks}
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def parts_in_words(numbers: Sequence[int]) -> str:
    """Part 1 · Parts 1–3 · Parts 1, 3"""
    ordered = sorted(set(numbers))
    if len(ordered) == 1:
        return _("Part %(n)s") % {"n": ordered[0]}
    if ordered == list(range(ordered[0], ordered[-1] + 1)):
        listed = f"{ordered[0]}–{ordered[-1]}"
    else:
        listed = ", ".join(str(number) for number in ordered)
    return _("Parts %(list)s") % {"list": listed}
