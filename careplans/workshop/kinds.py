"""The four kinds of reviewed content, as addresses name them, and how one version of each is loaded and called."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.library.models import (
    ComponentVersion,
    RedFlag,
    ReviewedContent,
    SafetyRule,
    TemplateVersion,
)
from careplans.library.selectors import FALLBACK_LANGUAGE, wording_in


@dataclass(frozen=True)
class Kind:
    """``clinic_path`` leads from a version to its clinic; ``related`` is what its title and its address are read from."""

    code: str
    model: type[ReviewedContent]
    label: Promise | str
    clinic_path: str
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()

    def versions(self, clinic: Clinic) -> QuerySet[Any]:
        """All versions in the clinic, ready to be called by their titles."""
        found = self.model._default_manager.filter(**{self.clinic_path: clinic})
        return found.select_related(*self.related).prefetch_related(*self.prefetched)


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "component",
            ComponentVersion,
            _("Component"),
            "component__clinic",
            ("component__clinic",),
            ("texts",),
        ),
        Kind("template", TemplateVersion, _("Template"), "template__clinic", ("template__clinic",)),
        Kind("rule", SafetyRule, _("Safety rule"), "clinic", ("clinic", "source")),
        Kind("red-flag", RedFlag, _("Red flag"), "clinic", ("clinic", "source")),
    )
}
_BY_MODEL = {kind.model: kind for kind in KINDS.values()}


def kind_of(version: ReviewedContent) -> Kind:
    return _BY_MODEL[type(version)]


def version_or_404(kind: str, pk: uuid.UUID, clinic: Clinic) -> Any:
    """The version of that kind, of this clinic."""
    if kind not in KINDS:
        raise Http404
    found = KINDS[kind].versions(clinic).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def title_of(version: Any) -> str:
    """What people call it. A rule has no title: it is known by what it says."""
    match version:
        case ComponentVersion():
            return wording_in(version, FALLBACK_LANGUAGE).text.title
        case SafetyRule():
            return version.message
        case _:
            return str(version)
