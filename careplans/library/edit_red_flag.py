"""Writing a red flag: a new one, and changes of a draft. English is written here; translations stand beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.core.text import plain_line
from careplans.library import whole
from careplans.library.models import RedFlag, Source
from careplans.library.own_codes import free_code, may_be_renamed
from careplans.library.review import REVIEW_EVERY
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.library.versions import ReviewRefusal, hold_draft, record

CODE_LENGTH = 60
LABEL_LENGTH = 120
LAST_POSITION = 999


@dataclass(frozen=True)
class RedFlagSays:
    """What a red flag says in English, and of whom it is asked. ``name`` becomes its code while that is not settled."""

    name: str
    clinician_label: str
    asked: str
    urgency: str
    position: int
    source: Source | None
    question: str
    sign: str
    what_to_do: str

    @property
    def english(self) -> dict[str, str]:
        return {"question": self.question, "sign": self.sign, "what_to_do": self.what_to_do}


@transaction.atomic
def new_red_flag(*, clinic: Clinic, says: RedFlagSays, by: User, now: datetime) -> RedFlag:
    """A red flag of the clinic's own, as a draft. Nobody is asked before it is approved."""
    flag = RedFlag(
        clinic=clinic,
        code=free_code(RedFlag, clinic, says.name, most=CODE_LENGTH),
        author=by,
        created_at=now,
        review_due_on=now.date() + REVIEW_EVERY,
    )
    _write(flag, says)
    flag.save()
    flag.writers.add(by)
    record("started", flag, by, now)
    record("writer_noted", flag, by, now)
    return flag


@transaction.atomic
def save_red_flag(*, version: RedFlag, says: RedFlagSays, revision: int, by: User, now: datetime) -> RedFlag:
    """Its English and of whom it is asked. Other languages stay as they are; what was approved of them is void by itself."""
    draft = hold_draft(version=version, revision=revision, by=by, now=now)
    before = _as_data(draft)
    if says.name and may_be_renamed(draft):
        draft.code = free_code(RedFlag, draft.clinic, says.name, most=CODE_LENGTH, but=draft)
    _write(draft, says)
    draft.save()
    after = _as_data(draft)
    changed = sorted(name for name in after if after[name] != before.get(name))
    record("changed", draft, by, now, revision=draft.revision, changed=changed)
    return draft


def next_position(clinic: Clinic) -> int:
    """Behind all others."""
    last = RedFlag.objects.filter(clinic=clinic).aggregate(last=Max("position"))["last"] or 0
    return int(min(last + 1, LAST_POSITION))


def _write(flag: RedFlag, says: RedFlagSays) -> None:
    """Everything at once; refused as long as a patient could not be asked and told by it."""
    flag.clinician_label, flag.asked, flag.urgency = (
        plain_line(says.clinician_label),
        says.asked,
        says.urgency,
    )
    flag.position = says.position
    english = {name: _line(text) for name, text in says.english.items()}
    flag.texts = {**flag.texts, FALLBACK_LANGUAGE: english}
    problems = [*_missing(flag, says.source), *whole.problems_of(flag)]
    if problems:
        raise ReviewRefusal(
            _("The red flag is not complete. %(problems)s.") % {"problems": "; ".join(problems)}
        )
    if says.source is not None:
        flag.source = says.source


def _missing(flag: RedFlag, source: Source | None) -> Iterator[str]:
    if not flag.clinician_label or len(flag.clinician_label) > LABEL_LENGTH:
        yield _("what clinicians read: write up to %(most)d characters") % {"most": LABEL_LENGTH}
    if flag.asked not in RedFlag.Asked.values or flag.urgency not in RedFlag.Urgency.values:
        yield _("choose who is asked, and how urgent it is")
    if not 0 <= flag.position <= LAST_POSITION:
        yield _("position: a number from 0 to %(most)d") % {"most": LAST_POSITION}
    if source is None or source.clinic_id != flag.clinic_id:
        yield _("source: choose one of the list")


def _line(text: str) -> str:
    return " ".join(filter(None, (plain_line(line) for line in text.splitlines())))


def _as_data(flag: RedFlag) -> dict[str, Any]:
    names = ("code", "clinician_label", "asked", "urgency", "position", "source_id")
    return {**flag.texts.get(FALLBACK_LANGUAGE, {}), **{name: getattr(flag, name) for name in names}}
