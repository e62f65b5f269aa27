"""Reading a component: the version in use, or any other one by its number."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.library.copies import offer_for
from careplans.library.models import ComponentVersion
from careplans.library.recall import recall_of, whole_recalls
from careplans.library.selectors import source_titles
from careplans.library.translations import standing_of
from careplans.workshop.component_page import component_page, readable_versions, shown_first
from careplans.workshop.history import history_of
from careplans.workshop.review_page import review_context
from careplans.workshop.selectors import reviewers_in
from careplans.workshop.translation_page import language_lines
from careplans.workshop.used import is_in_use_or_was, use_of


@require_GET
@requires(Permission.SEE_LIBRARY)
def component_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The approved version, else the newest this person may read."""
    shown = shown_first(readable_versions(request.clinic, for_keepers=_keeps(request)).filter(component=pk))
    if shown is None:
        raise Http404
    return _read(request, shown)


@require_GET
@requires(Permission.SEE_LIBRARY)
def component_version(request: StaffRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    versions = readable_versions(request.clinic, for_keepers=_keeps(request))
    return _read(request, get_object_or_404(versions, component=pk, number=number))


def _read(request: StaffRequest, version: ComponentVersion) -> HttpResponse:
    standing = standing_of(request.clinic)
    page = component_page(version, source_titles(request.clinic), standing)
    context = {
        "title": page.title,
        "page": page,
        "version": version,
        "history": history_of(version, for_keepers=_keeps(request)),
        "is_due": version.is_review_due(timezone.localdate(timezone=request.clinic.zone)),
        "for_keepers": _keeps(request),
        "use": use_of(version.component, for_keepers=_keeps(request)),
        "recall": recall_of(version),
        "may_recall": Permission.REVIEW_LIBRARY in request.permissions
        and is_in_use_or_was(version)
        and not whole_recalls([version.component_id]).exists(),
        "reviewers": reviewers_in(request.clinic),
        "translations": language_lines(version, standing) if _keeps(request) else (),
        "may_write": Permission.EDIT_LIBRARY in request.permissions,
        "offer": offer_for(version.component) if _keeps(request) else None,
        **review_context(version, request),
    }
    return render(request, "workshop/component_version.html", context)


def _keeps(request: StaffRequest) -> bool:
    return Permission.KEEP_LIBRARY in request.permissions
