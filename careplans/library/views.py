"""Reading the library: what a clinic's plans are made of, with evidence and sources."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_list_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.library.forms import LibraryFilterForm
from careplans.library.presenters import component_page, component_row, rule_row
from careplans.library.selectors import (
    FALLBACK_LANGUAGE,
    component_titles,
    components_matching,
    rules_for_reading,
    source_titles,
    versions_of,
    wording_in,
)

PER_PAGE = 50


@require_GET
@requires(Permission.SEE_LIBRARY)
def library(request: StaffRequest) -> HttpResponse:
    form = LibraryFilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {"q": "", "category": ""}
    found = components_matching(request.clinic, given["q"], given["category"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [component_row(version, wording_in(version, FALLBACK_LANGUAGE).text) for version in page]
    context = {"title": _("Library"), "form": form, "rows": rows, "page_obj": page, "tab": "components"}
    return render(request, "library/library.html", context)


@require_GET
@requires(Permission.SEE_LIBRARY)
def component_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    versions = get_list_or_404(versions_of(request.clinic, pk))
    shown = versions[0]
    page = component_page(shown, source_titles(request.clinic))
    title = wording_in(shown, FALLBACK_LANGUAGE).text.title
    context = {"title": title, "page": page, "versions": versions, "version": shown}
    return render(request, "library/component_detail.html", context)


@require_GET
@requires(Permission.SEE_LIBRARY)
def rule_list(request: StaffRequest) -> HttpResponse:
    titles = component_titles(request.clinic)
    rows = [rule_row(rule, titles) for rule in rules_for_reading(request.clinic)]
    return render(request, "library/rule_list.html", {"title": _("Library"), "rows": rows, "tab": "rules"})
