"""Drafts of templates, made through the verbs."""

from __future__ import annotations

from typing import Any

from careplans.accounts.models import Clinic, User
from careplans.library.edit_template import PhaseSays
from careplans.library.models import TemplateItem, TemplatePhase, TemplateVersion
from careplans.library.review import start_version
from tests.factories import NOW
from tests.make.plans import template_of


def make_template_draft(clinic: Clinic, by: User, code: str = "acute-spasm-after-therapy") -> TemplateVersion:
    """A draft of the next version of a starter template."""
    return start_version(of=template_of(clinic, code), by=by, now=NOW)


def phases_of(version: TemplateVersion) -> list[TemplatePhase]:
    return list(TemplatePhase.objects.filter(version=version).order_by("position"))


def phase_at(version: TemplateVersion, place: int) -> TemplatePhase:
    return phases_of(version)[place]


def items_of(phase: TemplatePhase) -> list[TemplateItem]:
    return list(TemplateItem.objects.filter(phase=phase).order_by("position").select_related("component"))


def codes_of(phase: TemplatePhase) -> list[str]:
    return [item.component.code for item in items_of(phase)]


def revision_of(version: TemplateVersion) -> int:
    return TemplateVersion.objects.get(pk=version.pk).revision


def says(**fields: Any) -> PhaseSays:
    """A phase that says all it must."""
    lines = {name: [f"Line of {name}."] for name in ("aims", "avoid", "move_on_when", "step_back_when")}
    return PhaseSays(**({"name": "Getting going", "days": 10} | lines | fields))
