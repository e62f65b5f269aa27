"""Where things are: the page of a version of any kind, where it is edited and compared."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from careplans.library.models import ComponentVersion, RedFlag, SafetyRule, TemplateVersion


def version_url(version: Any) -> str:
    """The page on which one version is read."""
    return _of(version, "version", "detail")


def edit_url(version: Any) -> str:
    """Where a draft is written in."""
    return _of(version, "edit", "edit")


def compare_url(old: Any, new: Any) -> str:
    """Two versions of one thing beside one another."""
    match old:
        case ComponentVersion():
            return reverse("component-compare", args=[old.component_id, old.number, new.number])
        case TemplateVersion():
            return reverse("template-compare", args=[old.template_id, old.number, new.number])
        case SafetyRule():
            return reverse("rule-compare", args=[old.pk, new.pk])
        case RedFlag():
            return reverse("red-flag-compare", args=[old.pk, new.pk])
    raise TypeError(type(old))


def own_picture_url(picture: Any) -> str:
    return reverse("own-picture", args=[picture.pk])


def step_url(step: str, kind: str, version: Any) -> str:
    return reverse(f"version-{step}", args=[kind, version.pk])


def _of(version: Any, of_thing: str, of_row: str) -> str:
    """Components and templates are addressed with the number of a version, rules and red flags by row."""
    match version:
        case ComponentVersion():
            return reverse(f"component-{of_thing}", args=[version.component_id, version.number])
        case TemplateVersion():
            return reverse(f"template-{of_thing}", args=[version.template_id, version.number])
        case SafetyRule():
            return reverse(f"rule-{of_row}", args=[version.pk])
        case RedFlag():
            return reverse(f"red-flag-{of_row}", args=[version.pk])
    raise TypeError(type(version))
