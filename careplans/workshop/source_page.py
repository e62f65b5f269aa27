"""Where a source is cited, in groups, each line with its page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from careplans.library.cited import Citations
from careplans.library.models import ReviewState
from careplans.workshop.kinds import title_of
from careplans.workshop.places import version_url


@dataclass(frozen=True)
class CitedLine:
    title: str
    url: str
    # Empty for what is in use.
    state: str


@dataclass(frozen=True)
class CitedGroup:
    label: str
    lines: tuple[CitedLine, ...]


def cited_lines(citations: Citations) -> list[CitedGroup]:
    groups = (
        (_("Components"), citations.components),
        (_("Templates"), citations.templates),
        (_("Safety rules"), citations.rules),
        (_("Red flags"), citations.red_flags),
    )
    return [CitedGroup(label, _lines(versions)) for label, versions in groups if versions]


def _lines(versions: Iterable[Any]) -> tuple[CitedLine, ...]:
    return tuple(
        CitedLine(
            title_of(version),
            version_url(version),
            "" if version.state == ReviewState.APPROVED else str(version.get_state_display()),
        )
        for version in versions
    )
