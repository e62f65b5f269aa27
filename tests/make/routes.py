"""Every address of the product, read from the resolver, so that no test forgets a new one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

SOME_KEY = uuid.UUID("01900000-0000-7000-8000-000000000000")
SOME_VALUES = {"UUIDConverter": SOME_KEY, "IntConverter": 1, "StringConverter": "x", "SlugConverter": "x"}


@dataclass(frozen=True)
class Route:
    name: str  # with its namespace, as reverse() takes it
    view: Any
    converters: dict[str, Any]
    pattern: str

    @property
    def any_path(self) -> str:
        """An address of this route that leads to no object."""
        if not self.converters and "<" in self.pattern:
            return reverse(self.name, kwargs={"uidb36": "x", "key": "y"})
        values = {name: SOME_VALUES.get(type(one).__name__, "x") for name, one in self.converters.items()}
        return reverse(self.name, kwargs=values)


def every_route() -> list[Route]:
    """All routes; an unnamed one is a mistake."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: Any, namespace: str) -> Iterator[Route]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one.url_patterns, inner)
        elif isinstance(one, URLPattern):
            name = f"{namespace}{one.name or ''}"
            yield Route(name, one.callback, dict(one.pattern.converters), str(one.pattern))


def is_public(route: Route) -> bool:
    return bool(getattr(route.view, "is_public", False))


def is_allauth(route: Route) -> bool:
    return bool(re.match(r"(account|mfa)_", route.name))
