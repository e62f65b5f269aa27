"""Several versions approved with one press: each by the verb and for itself, each refusal told by name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.core.refusals import Refusal
from careplans.library.recalled_before import recalls_before
from careplans.library.review import approve_version
from careplans.workshop.kinds import title_of, version_or_404
from careplans.workshop.own_words import replaces_own


@dataclass(frozen=True)
class Chosen:
    version: Any
    revision: int


@dataclass(frozen=True)
class Approved:
    titles: tuple[str, ...]
    refusals: tuple[str, ...]


def chosen_in(keys: Iterable[str], clinic: Clinic) -> Iterator[Chosen]:
    """``kind:key:revision`` each, as ``waiting`` writes them; anything else is not there."""
    for key in keys:
        kind, _colon, rest = key.partition(":")
        pk, _colon, revision = rest.partition(":")
        try:
            yield Chosen(version_or_404(kind, uuid.UUID(pk), clinic), int(revision))
        except ValueError as error:
            raise Http404 from error


def approve_chosen(*, chosen: Iterable[Chosen], by: User, now: datetime) -> Approved:
    """Only what came with Careplans and replaces nothing of the clinic's own: all else is read and approved on its page."""
    titles, refusals = [], []
    for one in chosen:
        title = title_of(one.version)
        if not one.version.starter_sha256:
            refusals.append(
                _("“%(title)s”: a colleague wrote it. Read it on its own page.") % {"title": title}
            )
            continue
        if replaces_own(one.version):
            refusals.append(
                _("“%(title)s”: it replaces your clinic's own words. Compare and approve it on its own page.")
                % {"title": title}
            )
            continue
        if recalls_before(one.version):
            refusals.append(
                _("“%(title)s”: an earlier version was recalled. Read why on its own page.")
                % {"title": title}
            )
            continue
        try:
            approve_version(version=one.version, revision=one.revision, by=by, now=now)
        except Refusal as refusal:
            refusals.append(f"“{title}”: {refusal}")
        else:
            titles.append(title)
    return Approved(tuple(titles), tuple(refusals))
