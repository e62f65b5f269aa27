"""What a session of staff remembers, under one set of names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
ENDED_BECAUSE = "signed_out_because"
ENDED_FOR = "signed_out_user"
KEPT_FORMS = "kept_forms"
SECOND_FACTOR = "second_factor_shown"
CLINIC = "clinic_id"
INVITATION = "invitation"


def begin(session: SessionBase, now: datetime) -> None:
    """The moment of signing in, from which the longest life of a session counts."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = now.timestamp()
    session.pop(ENDED_BECAUSE, None)
    session.pop(ENDED_FOR, None)


@dataclass(frozen=True)
class TimeLeft:
    """Until the session ends by itself; ``can_stay`` while doing something puts that off."""

    seconds: int
    can_stay: bool


def time_left(session: SessionBase, now: datetime) -> TimeLeft:
    moment = now.timestamp()
    idle = session.get(SEEN_AT, moment) + settings.IDLE_TIME_OUT.total_seconds() - moment
    whole = session.get(SIGNED_IN_AT, moment) + settings.SESSION_LIFE.total_seconds() - moment
    return TimeLeft(max(0, ceil(min(idle, whole))), can_stay=idle < whole)


def note_second_factor(session: SessionBase) -> None:
    """This session has shown a second factor, or has just set one up."""
    session[SECOND_FACTOR] = True


def has_shown_second_factor(session: SessionBase) -> bool:
    return bool(session.get(SECOND_FACTOR))


def forget_ended_sessions(*, now: datetime) -> int:
    """Remove what no browser can open any more: a session may hold something typed that nobody came back for."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
