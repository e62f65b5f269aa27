"""What may be written down about a patient. Pure: forms and verbs ask the same rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.core.refusals import Refusal
from careplans.core.text import plain_line

NAME_LENGTH = 100
OLDEST_AGE = 120
SURGERY_DAYS_AHEAD = 365
RECORD_NUMBER = re.compile(r"[\w./#-]+(?: [\w./#-]+)*")
PHONE = re.compile(r"[+(]?[\d()./ -]*\d[\d()./ -]*(?:(?:x|ext\.?) ?\d+)?", re.IGNORECASE)
TOO_LONG = gettext_lazy("Keep this to %(limit_value)d characters; it has %(show_value)d.")


class NotAcceptable(Refusal):
    """Something typed cannot be true or cannot be kept; the message says what to do."""


def age_on(birth_date: date, day: date) -> int:
    """Completed years on ``day``; somebody born on 29 February has their birthday on 1 March in other years."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def clean_line(text: str, longest: int) -> str:
    line = plain_line(text)
    if len(line) > longest:
        raise NotAcceptable(TOO_LONG % {"limit_value": longest, "show_value": len(line)})
    return line


def clean_name(text: str) -> str:
    name = " ".join(clean_line(text, NAME_LENGTH).split())
    if not any(character.isalpha() for character in name):
        raise NotAcceptable(_("Write the name with at least one letter."))
    return name


def clean_record_number(text: str) -> str:
    number = clean_line(text, 40)
    if not RECORD_NUMBER.fullmatch(number):
        raise NotAcceptable(
            _("A record number is made of letters, digits, spaces and the signs - . / # _ only.")
        )
    return number


def clean_phone(text: str) -> str:
    phone = clean_line(text, 40)
    if phone and not PHONE.fullmatch(phone):
        raise NotAcceptable(
            _("Write the phone number in digits, such as +44 20 7946 0123 or 020 7946 0123 ext 4.")
        )
    return phone


def check_birth_date(birth_date: date, today: date) -> date:
    if birth_date > today:
        raise NotAcceptable(_("This birth date is in the future. Check the year."))
    if age_on(birth_date, today) > OLDEST_AGE:
        raise NotAcceptable(_("This birth date is more than 120 years ago. Check the year."))
    return birth_date


def check_past_day(day: date, *, birth_date: date, today: date) -> date:
    """A day on which something of the patient's began."""
    if day > today:
        raise NotAcceptable(_("This date is in the future. Write the day on which it began."))
    if day < birth_date:
        raise NotAcceptable(_("This date is before the patient was born."))
    return day


def check_surgery(surgery_type: str, surgery_on: date | None, *, birth_date: date, today: date) -> None:
    """Type and date come together; the date may lie ahead, for a plan made before the operation."""
    if bool(surgery_type) != (surgery_on is not None):
        raise NotAcceptable(_("Give both the type and the date of the surgery, or neither."))
    if surgery_on is None:
        return
    if surgery_on < birth_date:
        raise NotAcceptable(_("The surgery is dated before the patient was born."))
    if surgery_on > today + timedelta(days=SURGERY_DAYS_AHEAD):
        raise NotAcceptable(_("The surgery is dated more than a year ahead. Check the year."))


def check_span(since_on: date | None, until_on: date | None, *, birth_date: date, today: date) -> None:
    """Since and until of a fact."""
    if since_on is not None:
        check_past_day(since_on, birth_date=birth_date, today=today)
    if until_on is not None and until_on < (since_on or birth_date):
        raise NotAcceptable(_("This ends before it began. Check both dates."))


def split_materials(text: str) -> list[str]:
    """``"latex, Ibuprofen; latex"`` → ``["latex", "Ibuprofen"]``: each material once, whatever its case."""
    return distinct(clean_line(part, 200) for part in re.split(r"[,;]", text))


def distinct(words: Iterable[str]) -> list[str]:
    """The words in their order without empty ones and repetitions."""
    found: dict[str, str] = {}
    for word in words:
        if word:
            found.setdefault(word.casefold(), word)
    return list(found.values())
