"""Where a copy in a file of library content came from, looked for in the library it comes into.

Safety rules and recalls of an original go for its copies too: a copy that lost its original would be told of neither.
Only what is new here is tied to an original; of what is there already the file is no judge, and the report says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.library.bundle import Entry, OriginFile
from careplans.library.models import Component, ReviewedContent, Template
from careplans.library.recalled_before import day_of, recalls_before


@dataclass(frozen=True)
class Origin:
    """The nearest original the clinic has, if any, and the number of its newest version that was looked at."""

    nearest: str = ""
    known: Any = None
    number: int = 0


def origin_in(
    clinic: Clinic, model: type[Component] | type[Template], origins: Iterable[OriginFile]
) -> Origin:
    nearest = ""
    for one in origins:
        nearest = nearest or one.code
        known = model._default_manager.filter(clinic=clinic, code=one.code).first()
        if known is not None:
            last = known.versions.aggregate(last=Max("number"))["last"] or 0
            # Each clinic counts for itself: a number not reached here would hide what is still to come.
            return Origin(nearest, known, min(one.number, last))
    return Origin(nearest)


def originals_first(entries: Iterable[Entry[Any]]) -> list[Entry[Any]]:
    """A copy has one origin more than what it was copied from."""
    return sorted(entries, key=lambda entry: len(entry.content.origins) if entry.content else 0)


def told_of_component(origin: Origin, ours: Component | None) -> tuple[str, ...]:
    """``ours``: where the clinic had the component before the file came."""
    names = {"code": origin.nearest, "known": str(origin.known or "")}
    if not origin.nearest:
        return ()
    if origin.known is None:
        said = _(
            "A copy of “%(code)s”, which your clinic does not have: rules and recalls of “%(code)s” do not reach it."
        )
    elif ours is not None and not _is_copy_of(ours, origin.known):
        names["code"] = names["known"]
        said = _(
            "The file calls it a copy of “%(code)s”, and in your library it is none: rules and recalls of “%(code)s” do not reach it."
        )
    elif ours is None and origin.known.code != origin.nearest:
        said = _(
            "A copy of “%(code)s”, which your clinic does not have. That was copied from “%(known)s”, whose rules and recalls reach it."
        )
    else:
        return ()
    return (said % names,)


def told_of_template(origin: Origin) -> tuple[str, ...]:
    if not origin.nearest or origin.known is not None:
        return ()
    said = _("A copy of “%(code)s”, which your clinic does not have: newer versions of that are not offered.")
    return (said % {"code": origin.nearest},)


def told_of_recalls(version: ReviewedContent) -> Iterator[str]:
    """So that whoever reviews it knows before they read it."""
    for recall in recalls_before(version):
        yield _("“%(code)s” was recalled in your clinic on %(day)s: “%(reason)s”") % {
            "code": recall.component.code,
            "day": day_of(recall),
            "reason": recall.reason,
        }


def _is_copy_of(copy: Component, original: Component) -> bool:
    """Of it or of a copy of it."""
    above = copy.origin
    while above is not None and above.pk != original.pk:
        above = above.origin
    return above is not None
