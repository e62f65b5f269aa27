"""For whom a form was made: the clinic and the person its page was shown to.

Two tabs of one browser share a session. When the clinic is changed in one of them, a form still open in the other must
not be stored in the wrong clinic. Nothing secret and no right: it only ever makes a form be refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

FIELD = "made_for"
HEADER = "X-Made-For"
_OF_ALLAUTH = re.compile(r"(account|mfa)_")


@dataclass(frozen=True)
class MadeFor:
    clinic_id: str
    user_id: str

    def __str__(self) -> str:
        return f"{self.clinic_id}.{self.user_id}"


def made_for(request: Any) -> MadeFor | None:
    """What a form on the page that answers ``request`` carries; nothing on pages that belong to no clinic."""
    clinic = getattr(request, "clinic", None)
    if clinic is None or not is_of_clinic(request):
        return None
    return MadeFor(str(clinic.pk), str(request.user.pk))


def read_made_for(request: Any) -> MadeFor | None:
    """What the form that was sent says; the header is of the page a part was asked for by."""
    given = request.POST.get(FIELD) or request.headers.get(HEADER, "")
    clinic_id, _dot, user_id = given.partition(".")
    return MadeFor(clinic_id, user_id) if clinic_id and user_id else None


def is_of_clinic(request: Any) -> bool:
    """Whether the page is about a clinic's records: not a patient's page, nor one about the person alone."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return False
    is_of_person = getattr(match.func, "is_public", False) or getattr(match.func, "is_for_any_staff", False)
    return not (is_of_person or _OF_ALLAUTH.match(match.view_name or ""))
