"""Whose form it is: a signed name in each form handed to a patient.

One phone may serve two patients, and two tabs share their cookies. So not the cookie of the last opened link decides
where an answer goes but the form that was filled in. The name is made only for a device that was let in, is bound to
one kind of form, and ends; it never stands in an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing

FIELD = "form"
LIFE = timedelta(days=31)
ANSWER, YEAR_FOR_CHECK_IN, YEAR_FOR_PLAN, NEW_LINK = "answer", "year-check-in", "year-plan", "new-link"


@dataclass(frozen=True)
class Named:
    """What a genuine name says; ``is_fresh`` is false once the form is too old to be taken."""

    pk: UUID
    is_fresh: bool


def name_form(kind: str, pk: UUID) -> str:
    return signing.dumps(str(pk), salt=_salt(kind))


def read_name(kind: str, name: str) -> Named | None:
    """None for what we did not sign for this kind of form."""
    try:
        pk = UUID(signing.loads(name, salt=_salt(kind)))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    try:
        signing.loads(name, salt=_salt(kind), max_age=LIFE)
    except signing.SignatureExpired:
        return Named(pk, is_fresh=False)
    return Named(pk, is_fresh=True)


def _salt(kind: str) -> str:
    return f"checkins.form.{kind}"
