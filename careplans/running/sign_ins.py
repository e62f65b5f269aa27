"""The demo's sign-ins: passwords made at installation, kept readable only by the owner, printed at each start."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from careplans.accounts.models import Membership
from careplans.accounts.permissions import Role

FILE_NAME = "demo-sign-ins.json"
# No letters or digits that look alike: people type these from a terminal.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class SignIn:
    role: str
    email: str
    password: str
    user_id: str


def demo_sign_ins() -> list[SignIn]:
    """One person for each role of the demo clinic, in the order of the roles, with passwords that work."""
    people = _people()
    kept = _read()
    if [one.user_id for one in kept] == [str(membership.user_id) for membership in people.values()]:
        return kept
    return _give_passwords(people)


def _people() -> dict[Role, Membership]:
    memberships = Membership.objects.active().filter(clinic__is_demo=True).select_related("user")
    first: dict[Role, Membership] = {}
    for membership in memberships.order_by("created_at", "pk"):
        first.setdefault(Role(membership.role), membership)
    return {role: first[role] for role in Role if role in first}


@transaction.atomic
def _give_passwords(people: dict[Role, Membership]) -> list[SignIn]:
    passwords = {membership.user_id: _new_password() for membership in people.values()}
    for user in {membership.user for membership in people.values()}:
        user.set_password(passwords[user.pk])
        user.save(update_fields=["password"])
    made = [
        SignIn(str(role.label), person.user.email, passwords[person.user_id], str(person.user_id))
        for role, person in people.items()
    ]
    # Inside the transaction: passwords that could not be written down must not count.
    _write(made)
    return made


def _new_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))


def _path() -> Path:
    return Path(settings.DATA_DIR) / FILE_NAME


def _read() -> list[SignIn]:
    try:
        return [SignIn(**one) for one in json.loads(_path().read_text())]
    except (OSError, ValueError, TypeError):
        return []


def _write(sign_ins: list[SignIn]) -> None:
    draft = _path().with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump([asdict(one) for one in sign_ins], file, indent=2)
    draft.replace(_path())
