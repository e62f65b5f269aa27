"""The list of components: what was asked, one page of what was found, each row ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from pydantic import ValidationError

from careplans.library.dose import Dose, parse_dose
from careplans.library.models import Category, ComponentIndex, ComponentVersion, Effect, Grade, ReviewState
from careplans.library.recall import whole_recalls

PER_PAGE = 50
RECALLED = "recalled"
READ = ("component_id", "state", "default_dose", "grade", "effect")


@dataclass(frozen=True)
class StateTag:
    value: str
    label: str


@dataclass(frozen=True)
class ComponentLine:
    """``states`` and the review date are for those who keep the library."""

    component_id: Any
    title: str
    kind: str
    dose: str
    effect: str
    grade: str
    states: tuple[StateTag, ...]
    # When it is to be read again, in words.
    review: str
    is_due: bool


class _Counted(Paginator):  # type: ignore[type-arg]  # its items are rows of the index
    """Pages of something whose number is known."""

    def __init__(self, count: int) -> None:
        super().__init__([], PER_PAGE)
        self.count = count


def page_of(found: QuerySet[ComponentIndex], wanted: str | None, *, is_narrowed: bool) -> Page[Any]:
    """One page. Where words have to be read through this is done once, for the keys alone: they say how many were
    found and which to show. Of everything there is, the database's index knows both by itself."""
    keys: Any = found.values_list("pk", flat=True)
    if is_narrowed:
        keys = list(keys)
    pages = _Counted(len(keys) if is_narrowed else keys.count())
    # A page beyond the last one, as after a filter, is the first one again.
    number = int(wanted) if wanted and wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1
    number = number if 1 <= number <= pages.num_pages else 1
    shown = list(keys[(number - 1) * PER_PAGE : number * PER_PAGE])
    rows = ComponentIndex.objects.defer("title_words").in_bulk(shown)
    return Page([rows[key] for key in shown if key in rows], number, pages)


def lines_of(rows: Iterable[ComponentIndex], *, for_keepers: bool, today: date) -> list[ComponentLine]:
    rows = list(rows)
    keys = [row.component_id for row in rows]
    shown = _shown_versions(keys, for_keepers=for_keepers)
    # Who only reads sees what is in use, and that is not recalled.
    recalled = set(whole_recalls(keys).values_list("component", flat=True)) if for_keepers else set()
    labels: Mapping[str, Any] = dict(ReviewState.choices)
    kinds: Mapping[str, Any] = dict(Category.choices)
    effects: Mapping[str, Any] = dict(Effect.choices)
    grades: Mapping[str, Any] = dict(Grade.choices)
    lines = []
    for row in rows:
        version = shown[row.component_id]
        states = row.states.split("\n") if for_keepers else []
        tags = [StateTag(one, str(labels[one])) for one in states if one]
        if row.component_id in recalled:
            # It is retired too, but that says nothing of the danger.
            tags = [one for one in tags if one.value != ReviewState.RETIRED]
            tags.insert(0, StateTag(RECALLED, _("Recalled")))
        lines.append(
            ComponentLine(
                component_id=row.component_id,
                title=row.title,
                kind=str(kinds[row.category]),
                dose=dose_in_words(version["default_dose"]),
                effect=str(effects[version["effect"]]),
                grade=str(grades[version["grade"]]),
                states=tuple(tags),
                review=_review(row.review_due_on, today) if for_keepers else "",
                is_due=row.review_due_on is not None and row.review_due_on <= today,
            )
        )
    return lines


def _review(due_on: date | None, today: date) -> str:
    if due_on is None:
        return ""
    said = _("review due since %(day)s") if due_on <= today else _("review on %(day)s")
    return said % {"day": date_format(due_on, "j M Y")}


def dose_of(stored: Any) -> Dose | None:
    """None where a draft has none that could be read."""
    try:
        return parse_dose(stored)
    except ValidationError:
        return None


def dose_in_words(stored: Any) -> str:
    dose = dose_of(stored)
    return dose.in_words() if dose else ""


def _shown_versions(components: list[Any], *, for_keepers: bool) -> dict[Any, dict[str, Any]]:
    """Of each what its approved version says; for keepers, where there is none, its newest."""
    versions = ComponentVersion.objects.filter(component__in=components).order_by("number").values(*READ)
    if not for_keepers:
        versions = versions.filter(state=ReviewState.APPROVED)
    shown: dict[Any, dict[str, Any]] = {}
    for version in versions:
        before = shown.get(version["component_id"])
        if before is None or before["state"] != ReviewState.APPROVED:
            shown[version["component_id"]] = version
    return shown
