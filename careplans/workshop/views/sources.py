"""Sources: found, read with where they are cited, written."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal, StaleChange
from careplans.library.cited import citations_of, is_cited
from careplans.library.edit_source import new_source, save_source
from careplans.library.models import Source
from careplans.library.own_codes import NameTaken
from careplans.library.selectors import sources_matching
from careplans.workshop.given_back import beside
from careplans.workshop.list_forms import WordsForm
from careplans.workshop.source_forms import SourceForm
from careplans.workshop.source_page import cited_lines

PER_PAGE = 50


@require_safe
@requires(Permission.SEE_LIBRARY)
def source_list(request: StaffRequest) -> HttpResponse:
    form = WordsForm(request.GET)
    found = sources_matching(request.clinic, form.words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Library"),
        "tab": "sources",
        "form": form,
        "rows": page.object_list,
        "page_obj": page,
        "is_writer": Permission.EDIT_LIBRARY in request.permissions,
    }
    return render(request, "workshop/source_list.html", context)


@require_safe
@requires(Permission.SEE_LIBRARY)
def source_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    source = _source(request, pk)
    for_keepers = Permission.KEEP_LIBRARY in request.permissions
    context = {
        "title": source.title,
        "source": source,
        "groups": cited_lines(citations_of(source, for_keepers=for_keepers)),
        "is_writer": Permission.EDIT_LIBRARY in request.permissions,
    }
    return render(request, "workshop/source_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@once
def source_new(request: StaffRequest) -> HttpResponse:
    form = SourceForm(request.POST or None, source=None)
    if request.method == "POST" and form.is_valid():
        try:
            source = new_source(clinic=request.clinic, says=form.says, by=request.user, now=timezone.now())
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("The source can be cited now."))
            return redirect("source-detail", pk=source.pk)
    return _form_page(request, form, title=_("New source"), cancel_url=reverse("source-list"))


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
def source_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    source = _source(request, pk)
    is_settled = source.is_settled()
    may = {"may_rename": not is_settled and not is_cited(source), "is_settled": is_settled}
    form = SourceForm(request.POST or None, source=source, **may)
    told: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            save_source(
                source=source,
                says=form.says,
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=timezone.now(),
            )
        except StaleChange as refusal:
            stored = SourceForm(source=_source(request, pk), **may)
            told = {"refusal": str(refusal), "stored": stored, "beside": beside(form, stored)}
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(
                request, _("Saved. What is published already keeps the title it was published with.")
            )
            return redirect("source-detail", pk=pk)
    told |= {"source": source, "is_settled": is_settled, "cancel_url": reverse("source-detail", args=[pk])}
    return _form_page(request, form, title=_("Change a source"), **told)


def _form_page(request: StaffRequest, form: SourceForm, **context: Any) -> HttpResponse:
    """With ``stored`` somebody else was first: the form stands for what is stored now, and saved again it counts."""
    stored: SourceForm | None = context.get("stored")
    seen = form["seen"].value() if stored is None else stored["seen"].value()
    context |= {"form": form, "seen": seen or ""}
    return render(request, "workshop/source_edit.html", context, status=409 if stored else 200)


def _refuse(form: SourceForm, refusal: Refusal) -> None:
    form.add_error("name" if isinstance(refusal, NameTaken) and "name" in form.fields else None, str(refusal))


def _source(request: StaffRequest, pk: uuid.UUID) -> Source:
    return get_object_or_404(sources_matching(request.clinic, ""), pk=pk)
