"""Where things are: the page of a version of any kind, where it is edited, compared and listed."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

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
            return _address("component-compare", old.component_id, old.number, new.number)
        case TemplateVersion():
            return _address("template-compare", old.template_id, old.number, new.number)
        case SafetyRule():
            return _address("rule-compare", old.pk, new.pk)
        case RedFlag():
            return _address("red-flag-compare", old.pk, new.pk)
    raise TypeError(type(old))


def list_url(version: Any) -> str:
    match version:
        case ComponentVersion():
            return _address("library")
        case TemplateVersion():
            return _address("template-list")
        case SafetyRule():
            return _address("rule-list")
        case RedFlag():
            return _address("red-flag-list")
    raise TypeError(type(version))


def own_picture_url(picture: Any) -> str:
    return _address("own-picture", picture.pk)


def step_url(step: str, kind: str, version: Any) -> str:
    return _address(f"version-{step}", kind, version.pk)


def _of(version: Any, of_thing: str, of_row: str) -> str:
    """Components and templates are addressed with the number of a version, rules and red flags by row."""
    match version:
        case ComponentVersion():
            return _address(f"component-{of_thing}", version.component_id, version.number)
        case TemplateVersion():
            return _address(f"template-{of_thing}", version.template_id, version.number)
        case SafetyRule():
            return _address(f"rule-{of_row}", version.pk)
        case RedFlag():
            return _address(f"red-flag-{of_row}", version.pk)
    raise TypeError(type(version))


def _address(name: str, *keys: Any) -> str:
    """Empty where the page is not there (yet): nobody is led to nowhere."""
    try:
        return reverse(name, args=keys)
    except NoReverseMatch:
        return ""
