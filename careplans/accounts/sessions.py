"""What a session of staff remembers, under one set of names."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
ENDED_BECAUSE = "signed_out_because"
SECOND_FACTOR = "second_factor_shown"
CLINIC = "clinic_id"
INVITATION = "invitation"


def begin(session: SessionBase, now: datetime) -> None:
    """The moment of signing in, from which the longest life of a session counts."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = now.timestamp()
    session.pop(ENDED_BECAUSE, None)


def note_second_factor(session: SessionBase) -> None:
    """This session has shown a second factor, or has just set one up."""
    session[SECOND_FACTOR] = True


def has_shown_second_factor(session: SessionBase) -> bool:
    return bool(session.get(SECOND_FACTOR))
