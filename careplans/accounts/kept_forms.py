"""Forms that reached us too late, kept for whoever typed them until they have signed in again.

They lie in the session of that browser, sealed, for minutes: what they hold is health data. A form is kept only after
Django has checked its token, so nobody else can slip one in, and is shown only to the person it was made for.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.base import SessionBase

from careplans.accounts.made_for import MadeFor
from careplans.accounts.sent_form import SentForm
from careplans.accounts.sessions import KEPT_FORMS
from careplans.core.sealed import box

KEPT_FOR = timedelta(minutes=20)
PURPOSE = "careplans.accounts.kept_forms"
# Several tabs may be sent one after the other; a page as long as a book is not kept.
MOST, MOST_CHARACTERS = 5, 200_000


@dataclass(frozen=True)
class KeptForm:
    key: str
    form: SentForm


def keep_form(session: SessionBase, form: SentForm) -> bool:
    """Keep it for ``form.made_for``; ``False`` when it is too long to be kept."""
    text = json.dumps([form.path, form.pairs, form.made_for.clinic_id, form.made_for.user_id])
    if len(text) > MOST_CHARACTERS:
        return False
    row = [secrets.token_urlsafe(16), box(PURPOSE).encrypt(text.encode()).decode()]
    session[KEPT_FORMS] = [*session.get(KEPT_FORMS, []), row][-MOST:]
    return True


def kept_forms(session: SessionBase, *, user_id: object) -> list[KeptForm]:
    """What is kept for this person and not too old."""
    opened = [(key, _opened(sealed)) for key, sealed in session.get(KEPT_FORMS, [])]
    return [KeptForm(key, form) for key, form in opened if form and form.made_for.user_id == str(user_id)]


def drop_kept_form(session: SessionBase, key: str) -> None:
    _leave(session, [row for row in session.get(KEPT_FORMS, []) if row[0] != key])


def drop_forms_of_others(session: SessionBase, *, user_id: object) -> None:
    """Somebody else signed in at this browser, or it took too long."""
    own = {one.key for one in kept_forms(session, user_id=user_id)}
    _leave(session, [row for row in session.get(KEPT_FORMS, []) if row[0] in own])


def _leave(session: SessionBase, rows: list[list[str]]) -> None:
    if rows:
        session[KEPT_FORMS] = rows
    else:
        session.pop(KEPT_FORMS, None)


def _opened(sealed: str) -> SentForm | None:
    try:
        text = box(PURPOSE).decrypt(sealed.encode(), ttl=int(KEPT_FOR.total_seconds()))
    except InvalidToken:
        return None
    path, pairs, clinic_id, user_id = json.loads(text)
    return SentForm(path, tuple((name, value) for name, value in pairs), MadeFor(clinic_id, user_id))
