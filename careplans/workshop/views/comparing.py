"""Two versions of one thing side by side: what went, what came, and what stayed folded away."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.workshop.history import history_of
from careplans.workshop.kinds import KINDS, title_of, version_or_404
from careplans.workshop.places import version_url
from careplans.workshop.review_page import compared


@require_GET
@requires(Permission.SEE_LIBRARY)
def component_compare(request: StaffRequest, pk: uuid.UUID, old: int, new: int) -> HttpResponse:
    versions = KINDS["component"].versions(request.clinic).filter(component=pk)
    return _of_numbers(request, versions, old, new)


@require_GET
@requires(Permission.SEE_LIBRARY)
def template_compare(request: StaffRequest, pk: uuid.UUID, old: int, new: int) -> HttpResponse:
    versions = KINDS["template"].versions(request.clinic).filter(template=pk)
    return _of_numbers(request, versions, old, new)


@require_GET
@requires(Permission.SEE_LIBRARY)
def rule_compare(request: StaffRequest, pk: uuid.UUID, new: uuid.UUID) -> HttpResponse:
    return _of_rows(request, "rule", pk, new)


@require_GET
@requires(Permission.SEE_LIBRARY)
def red_flag_compare(request: StaffRequest, pk: uuid.UUID, new: uuid.UUID) -> HttpResponse:
    return _of_rows(request, "red-flag", pk, new)


def _of_numbers(request: StaffRequest, versions: Any, old: int, new: int) -> HttpResponse:
    found = [get_object_or_404(versions, number=number) for number in (old, new)]
    return _compare(request, *found)


def _of_rows(request: StaffRequest, kind: str, old: uuid.UUID, new: uuid.UUID) -> HttpResponse:
    before, after = (version_or_404(kind, pk, request.clinic) for pk in (old, new))
    if not after.versions().filter(pk=before.pk).exists():
        raise Http404
    return _compare(request, before, after)


def _compare(request: StaffRequest, old: Any, new: Any) -> HttpResponse:
    keeps = Permission.KEEP_LIBRARY in request.permissions
    # Who only reads the library sees no draft, compared or not.
    if not keeps and not (old.approved_at and new.approved_at):
        raise Http404
    if old.pk == new.pk:
        return redirect(version_url(new))
    old, new = sorted((old, new), key=lambda one: one.number)
    context = {
        "title": _("“%(title)s”: version %(old)d and version %(new)d")
        % {"title": title_of(new), "old": old.number, "new": new.number},
        "compared": compared(old, new),
        "history": [line for line in history_of(new, for_keepers=keeps) if line.compare_url],
        "back_url": version_url(new),
        "back": _("Version %(number)d") % {"number": new.number},
    }
    return render(request, "workshop/version_compare.html", context)
