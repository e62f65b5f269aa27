"""A form that was sent and not taken: what was typed is given back, to be sent once more with one press."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from careplans.accounts.made_for import FIELD, MadeFor, read_made_for

# Beside the form's own fields when it is sent again.
AGAIN_IN, KEPT = "again_in_clinic", "kept_form"
CSRF = "csrfmiddlewaretoken"
_OURS = frozenset({CSRF, FIELD, AGAIN_IN, KEPT})
# Numbers of a state and names of buttons: nobody typed them.
_NOT_TYPED = re.compile(r"(revision|version|before|next|_\w+|.*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS)$")


@dataclass(frozen=True)
class Line:
    label: str
    value: str


@dataclass(frozen=True)
class SentForm:
    """Where it was sent, its fields in their order, and for whom it was made."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    made_for: MadeFor

    @property
    def typed(self) -> list[Line]:
        """What a person may want to read again or copy, by the names of the form's fields."""
        lines = []
        for name, value in self.pairs:
            if value.strip() and not _NOT_TYPED.match(name) and not _is_key(value):
                lines.append(Line(re.sub(r"[_-]+", " ", name).strip().capitalize(), value))
        return lines


def sent_form(request: Any) -> SentForm | None:
    """The form of this request; ``None`` where it does not say for whom it was made."""
    mark = read_made_for(request)
    if mark is None:
        return None
    pairs = ((name, value) for name, values in request.POST.lists() for value in values if name not in _OURS)
    return SentForm(request.get_full_path(), tuple(pairs), mark)


def _is_key(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
