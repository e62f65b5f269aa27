"""The report of a file that came: each thing in it with what becomes of it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.accounts.models import Clinic
from careplans.library.bundle_report import BAD, BUSY, KEPT, NEW, NEXT, SAME, Report, Row
from careplans.library.models import ComponentVersion, RedFlag, ReviewState, SafetyRule, TemplateVersion

# What needs a person first, what changes nothing last.
ORDER = (BAD, NEXT, NEW, BUSY, KEPT, SAME)
KINDS = {
    "component": gettext_lazy("Component"),
    "template": gettext_lazy("Template"),
    "rule": gettext_lazy("Safety rule"),
    "red-flag": gettext_lazy("Red flag"),
    "source": gettext_lazy("Source"),
    "file": gettext_lazy("File"),
}
WHAT_HAPPENS = {
    NEW: gettext_lazy("New. Waits for review."),
    NEXT: gettext_lazy("The next version of yours. Waits for review."),
    SAME: gettext_lazy("The same as yours. Nothing to do."),
    KEPT: gettext_lazy(
        "Kept as it reads in your library, where it has the same code. Make sure that both mean the same:"
    ),
    BUSY: gettext_lazy("A colleague is writing a version of it, or one waits for review. Left out."),
    BAD: gettext_lazy("Cannot be used:"),
}
NEW_SOURCE = gettext_lazy("New. Can be cited.")
SHORT = {
    BAD: gettext_lazy("cannot be used"),
    NEXT: gettext_lazy("next versions"),
    NEW: gettext_lazy("new"),
    BUSY: gettext_lazy("left out"),
    KEPT: gettext_lazy("yours stays"),
    SAME: gettext_lazy("the same"),
}
ICONS = {
    BAD: "x-octagon-fill",
    NEXT: "arrow-up-circle",
    NEW: "plus-circle",
    BUSY: "pencil-square",
    KEPT: "shield-check",
    SAME: "check2-circle",
}


@dataclass(frozen=True)
class Line:
    """``code`` is empty where it would only repeat the title."""

    outcome: str
    icon: str
    kind: str
    title: str
    code: str
    what_happens: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    outcome: str
    icon: str
    number: int
    words: str


@dataclass(frozen=True)
class Held:
    """How many things of a kind are approved, so that they would go out."""

    number: int
    words: str


def lines_of(report: Report) -> list[Line]:
    return [_line(row) for row in sorted(report.rows, key=lambda row: ORDER.index(row.outcome))]


def counts_of(report: Report) -> list[Count]:
    """Of each outcome that there is, in the order of the rows."""
    counts = report.counts
    return [Count(one, ICONS[one], counts[one], str(SHORT[one])) for one in ORDER if counts[one]]


def what_goes_out(clinic: Clinic) -> list[Held]:
    approved: dict[str, Any] = {"state": ReviewState.APPROVED}
    return [
        Held(ComponentVersion.objects.of(clinic).filter(**approved).count(), _("components")),
        Held(TemplateVersion.objects.filter(template__clinic=clinic, **approved).count(), _("templates")),
        Held(SafetyRule.objects.filter(clinic=clinic, **approved).count(), _("safety rules")),
        Held(RedFlag.objects.filter(clinic=clinic, **approved).count(), _("red flags")),
    ]


def templates_to_choose(clinic: Clinic) -> list[TemplateVersion]:
    approved = TemplateVersion.objects.filter(template__clinic=clinic, state=ReviewState.APPROVED)
    return list(approved.select_related("template").order_by("template__code"))


def _line(row: Row) -> Line:
    is_source = row.kind == "source" and row.outcome == NEW
    return Line(
        outcome=row.outcome,
        icon=ICONS[row.outcome],
        kind=str(KINDS[row.kind]),
        title=row.title,
        code="" if row.code == row.title else row.code,
        what_happens=str(NEW_SOURCE if is_source else WHAT_HAPPENS[row.outcome]),
        problems=row.problems,
    )
