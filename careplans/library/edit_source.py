"""Writing sources. They have no versions: what is published keeps the title it was published with, and once something that
was submitted cites a source, only what it covers may be said otherwise."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.audit.record import record_change
from careplans.core.refusals import StaleChange
from careplans.core.text import plain_line
from careplans.library.cited import is_cited
from careplans.library.models import Source
from careplans.library.own_codes import free_code
from careplans.library.versions import ReviewRefusal

CODE_LENGTH = 40
TITLE_LENGTH = 300
PUBLISHER_LENGTH = 200


@dataclass(frozen=True)
class SourceSays:
    """``name`` becomes the code, which nobody changes any more once something cites it, be it a draft."""

    name: str
    title: str
    publisher: str
    published_on: date | None
    covers: str


@transaction.atomic
def new_source(*, clinic: Clinic, says: SourceSays, by: User, now: datetime) -> Source:
    """A source to be cited from now on."""
    source = Source(clinic=clinic, code=free_code(Source, clinic, says.name, most=CODE_LENGTH, as_typed=True))
    _write(source, says)
    source.save()
    note_added(source, by, now)
    return source


def note_added(source: Source, by: User, now: datetime) -> None:
    """However it came: written here, or in a file."""
    _record("source.added", source, by, now)


@transaction.atomic
def save_source(*, source: Source, says: SourceSays, seen: str, by: User, now: datetime) -> Source:
    """``seen`` is ``seen_of`` what the page showed; refused when somebody else changed the source since."""
    stored = source.held().get()
    if seen_of(stored) != seen:
        raise StaleChange(
            _(
                "Somebody else changed this source while you were writing. Yours was not saved; compare them below."
            )
        )
    before = _as_data(stored)
    if says.name and says.name != stored.code:
        _rename(stored, says.name)
    _write(stored, says)
    if stored.has_other_identity(source.held().get()) and stored.is_settled():
        raise ReviewRefusal(
            _(
                "This source is settled: what is approved or in review stands on it. Its code, title, publisher and day stay as they are. Add the other one, or the newer edition, as a new source, and cite that in a new version."
            )
        )
    stored.save()
    after = _as_data(stored)
    changed = sorted(name for name in after if after[name] != before[name])
    _record("source.changed", stored, by, now, changed=changed)
    return stored


def seen_of(source: Source) -> str:
    """Another text for each other content: what a page hands back with its form."""
    data = json.dumps(_as_data(source), default=str, sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()[:24]


def _rename(source: Source, name: str) -> None:
    """Components and templates cite by code: a draft that does is as much in the way as what is in use."""
    if source.is_settled() or is_cited(source):
        raise ReviewRefusal(_("This code is settled: it is cited already."))
    source.code = free_code(Source, source.clinic, name, most=CODE_LENGTH, but=source, as_typed=True)


def _write(source: Source, says: SourceSays) -> None:
    said = replace(
        says,
        title=plain_line(says.title),
        publisher=plain_line(says.publisher),
        covers=plain_line(says.covers),
    )
    if not said.title or max(len(said.title), len(said.covers)) > TITLE_LENGTH:
        raise ReviewRefusal(_("Write a title of at most %(most)d characters.") % {"most": TITLE_LENGTH})
    if len(said.publisher) > PUBLISHER_LENGTH:
        raise ReviewRefusal(
            _("The publisher is too long: at most %(most)d characters.") % {"most": PUBLISHER_LENGTH}
        )
    for name, value in asdict(said).items():
        if name != "name":
            setattr(source, name, value)


def _as_data(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in ("code", "title", "publisher", "published_on", "covers")}


def _record(action: str, source: Source, by: User, now: datetime, **details: Any) -> None:
    record_change(by=by, action=action, subject=source, now=now, clinic_id=source.clinic_id, details=details)
