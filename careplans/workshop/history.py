"""The versions of one thing, newest first: where each stands, who wrote and approved it, and why it went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from careplans.library.models import Retirement, ReviewedContent, ReviewState
from careplans.workshop.places import compare_url, version_url


@dataclass(frozen=True)
class HistoryLine:
    number: int
    state: str
    state_label: str
    url: str
    # With the version whose page this is; empty for itself.
    compare_url: str
    is_shown: bool
    said: tuple[str, ...]


def history_of(shown: Any, *, for_keepers: bool) -> list[HistoryLine]:
    """Three queries. Who only reads the library sees what is or was in use."""
    versions = (
        shown.versions()
        .select_related("author", "approved_by", "based_on")
        .prefetch_related("writers", "retirements__confirmed_by")
        .order_by("-number")
    )
    if not for_keepers:
        versions = versions.filter(approved_at__isnull=False)
    return [_line(one, shown) for one in versions]


def retirement_of_beginning(version: Any) -> Retirement | None:
    """Why the version a draft began with was taken out of use or dropped; nothing where it was only replaced."""
    if version.based_on is None or version.state not in (ReviewState.DRAFT, ReviewState.IN_REVIEW):
        return None
    ended = version.based_on.retirements.filter(confirmed_at__isnull=False)
    return ended.first()  # type: ignore[no-any-return]  # of a version of any kind


def began_with_retired(ended: Retirement) -> str:
    """As a sentence for who writes or reviews what came after."""
    said = (
        _(
            "The version this began from was retired on %(day)s: %(reason)s Look whether this one puts that right."
        )
        if ended.was_in_use
        else _(
            "The version this began from was dropped on %(day)s: %(reason)s Look whether this one puts that right."
        )
    )
    reason = ended.reason if ended.reason.endswith((".", "!", "?", "؟")) else f"{ended.reason}."
    return said % {"day": _day(ended.confirmed_at), "reason": reason}


def _line(version: Any, shown: ReviewedContent) -> HistoryLine:
    older, newer = sorted((version, shown), key=lambda one: one.number)
    is_shown = version.pk == shown.pk
    return HistoryLine(
        number=version.number,
        state=version.state,
        state_label=str(version.get_state_display()),
        url=version_url(version),
        compare_url="" if is_shown else compare_url(older, newer),
        is_shown=is_shown,
        said=tuple(_said(version)),
    )


def _said(version: Any) -> Iterator[str]:
    writers = sorted(writer.name for writer in version.writers.all())
    if version.starter_sha256:
        yield _("Came with Careplans on %(day)s") % {"day": _day(version.created_at)}
    else:
        names = {"names": ", ".join(writers), "day": _day(version.created_at)}
        yield (
            _("Written by %(names)s, begun on %(day)s") % names if writers else _("Begun on %(day)s") % names
        )
    if version.based_on is not None:
        yield _("Began with version %(number)d") % {"number": version.based_on.number}
    if version.approved_at is not None:
        yield _approved(version)
    if version.state == ReviewState.APPROVED:
        yield _("Next review on %(day)s") % {"day": _day(version.review_due_on)}
    if version.state == ReviewState.RETIRED:
        yield from _retired(version.retirements.all())


def _approved(version: Any) -> str:
    if version.approved_by is None:
        return _("In use since %(day)s, reviewed with the product") % {"day": _day(version.approved_at)}
    return _("Approved by %(name)s on %(day)s") % {
        "name": version.approved_by.name,
        "day": _day(version.approved_at),
    }


def _retired(retirements: Any) -> Iterator[str]:
    ended: list[Retirement] = [one for one in retirements if one.confirmed_at is not None]
    for one in ended[:1]:
        said = (
            _("Retired on %(day)s by %(name)s: %(reason)s")
            if one.was_in_use
            else _("Dropped on %(day)s by %(name)s: %(reason)s")
        )
        yield said % {
            "day": _day(one.confirmed_at),
            "name": one.confirmed_by.name if one.confirmed_by else "",
            "reason": one.reason,
        }
    if not ended:
        yield _("Replaced by a later version")


def _day(moment: Any) -> str:
    return date_format(moment, "j M Y")
