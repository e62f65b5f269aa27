"""For rows that are about one version of anything reviewed: a component, a template, a safety rule or a red flag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from careplans.library.reviewed import ReviewedContent

TARGETS = ("component_version", "template_version", "safety_rule", "red_flag")


def person(*, may_be_missing: bool = False) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=may_be_missing,
        blank=may_be_missing,
        related_name="+",
    )


def one_version(model: str, *, related_name: str) -> Any:
    return models.ForeignKey(
        f"library.{model}", on_delete=models.PROTECT, null=True, blank=True, related_name=related_name
    )


def exactly_one_target() -> Q:
    found = Q()
    for chosen in TARGETS:
        found |= Q(**{f"{name}__isnull": name != chosen for name in TARGETS})
    return found


def paired(what: str) -> Q:
    """``x_by`` and ``x_at`` are both there or both missing."""
    both = (f"{what}_by__isnull", f"{what}_at__isnull")
    return Q(**dict.fromkeys(both, True)) | Q(**dict.fromkeys(both, False))


def target_of(row: Any) -> ReviewedContent:
    found: ReviewedContent = next(filter(None, (getattr(row, name) for name in TARGETS)))
    return found
