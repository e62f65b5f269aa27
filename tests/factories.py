"""Things for tests, made through the product's own verbs wherever one exists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday
PASSWORD = "a long enough pass phrase"
_numbers = count(1)


def make_clinic(**fields: Any) -> Clinic:
    defaults = {
        "name": f"Clinic {next(_numbers)}",
        "phone": "+44 20 7946 0000",
        "emergency_number": "999",
        "country": "GB",
        "time_zone": "Europe/London",
        "address": "1 Back Lane, London",
    }
    return Clinic.objects.create(**(defaults | fields))


def make_staff(clinic: Clinic, *roles: Role, languages: Sequence[str] = (), **fields: Any) -> User:
    """``languages``: whose translations a reviewer is qualified to judge."""
    number = next(_numbers)
    user = User.objects.create_user(
        **(
            {"email": f"staff{number}@clinic.example", "name": f"Staff {number}", "password": PASSWORD}
            | fields
        )
    )
    for role in roles:
        judged = [*languages] if role == Role.REVIEWER else []
        Membership.objects.create(user=user, clinic=clinic, role=role, languages=judged)
    return user
