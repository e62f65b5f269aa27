"""Who a patient is and how to reach them, checked: the same for registering and for changing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User, time_zone_choices
from careplans.core.text import plain_line
from careplans.outbox.queue import usable_address
from patients import rules
from patients.models import Patient
from patients.rules import NotAcceptable
from patients.selectors import clinicians_of


class RecordNumberTaken(NotAcceptable):
    """Another patient of the clinic has this record number."""

    def __init__(self, record_number: str) -> None:
        super().__init__(
            _("Another patient of this clinic has the record number %(number)s already.")
            % {"number": record_number}
        )


def clinic_day(clinic: Clinic, now: datetime) -> date:
    """Which day it is at the clinic."""
    return now.astimezone(clinic.zone).date()


def checked_identity(fields: Mapping[str, Any], *, clinic: Clinic, today: date) -> dict[str, Any]:
    """The fields, cleaned; a KeyError names one that nobody may set this way."""
    checks: dict[str, Callable[[Any], Any]] = {
        "given_name": rules.clean_name,
        "family_name": rules.clean_name,
        "birth_date": lambda day: rules.check_birth_date(day, today),
        "record_number": rules.clean_record_number,
        "language": check_language,
        "time_zone": check_time_zone,
        "phone": rules.clean_phone,
        "email": clean_email,
        "clinician": lambda user: check_clinician(user, clinic),
    }
    return {name: checks[name](value) for name, value in fields.items()}


def clean_email(text: str) -> str:
    address = plain_line(text)
    return usable_address(address) if address else ""


def check_language(code: str) -> str:
    if code not in dict(settings.LANGUAGES):
        raise NotAcceptable(_("This language is not offered. Choose one from the list."))
    return code


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """All time zones this machine knows. Kept: asking opens some 500 files."""
    return tuple(name for name, _label in time_zone_choices())


def check_time_zone(name: str) -> str:
    if name not in zone_names():
        raise NotAcceptable(_("This time zone does not exist. Choose one from the list."))
    return name


def check_clinician(user: User | None, clinic: Clinic) -> User | None:
    if user is not None and user not in clinicians_of(clinic):
        raise NotAcceptable(_("%(name)s is not a clinician of this clinic.") % {"name": user})
    return user


def refuse_taken_number(record_number: str, *, clinic: Clinic, except_for: Patient | None = None) -> None:
    holders = Patient.objects.of(clinic).filter(record_number__iexact=record_number)
    if any(holder != except_for for holder in holders):
        raise RecordNumberTaken(record_number)
