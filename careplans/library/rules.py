"""A safety rule as the assessment reads it: plain data, no database. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from careplans.library.conditions import Condition


@dataclass(frozen=True)
class Rule:
    """Applies to items with one of ``components`` or ``tags`` when every condition in ``when`` holds."""

    code: str
    components: frozenset[str]
    tags: frozenset[str]
    when: tuple[Condition, ...]
    severity: str
    message: str
    instead: str
    source: str
