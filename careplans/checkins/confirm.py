"""Confirming the year of birth: few tries, counted in the database before each is looked at."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.conf import settings

from careplans.checkins.models import ConfirmationTry
from patients.models import Patient

TRIES_PER_LINK = 5
TRIES_PER_ADDRESS = 40
WINDOW = timedelta(hours=1)
KEPT_FOR = timedelta(days=2)


class TooManyTries(Exception):
    """No further try is looked at for now."""


def confirm_year(*, patient: Patient, year: int, about: str, address: str, now: datetime) -> bool:
    """Whether ``year`` is the patient's year of birth; raises ``TooManyTries`` once the hour's tries are used up."""
    counted = [_count(about, TRIES_PER_LINK, now)]
    if address:
        counted.append(_count(_unreadable(address), TRIES_PER_ADDRESS, now))
    if not all(counted):
        raise TooManyTries
    return patient.birth_date.year == year


def forget_old_tries(*, now: datetime) -> int:
    """Remove what no limit looks at any more."""
    return ConfirmationTry.objects.filter(tried_at__lt=now - KEPT_FOR).delete()[0]


def _count(about: str, limit: int, now: datetime) -> bool:
    """Write the try down first and count then: of many at once, no more than ``limit`` see themselves within it."""
    ConfirmationTry.objects.create(about=about, tried_at=now)
    return ConfirmationTry.objects.filter(about=about, tried_at__gt=now - WINDOW).count() <= limit


def _unreadable(address: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"address:{address}".encode(), "sha256").hexdigest()
    return f"address:{digest[:48]}"
