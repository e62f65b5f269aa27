"""Templates: the list, one version read, a new one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal
from careplans.library.copies import copy_template, offer_for
from careplans.library.edit_component import CodeTaken
from careplans.library.edit_template import new_template
from careplans.library.models import ReviewState, TemplateVersion
from careplans.library.selectors import approved_templates
from careplans.library.translations import standing_of
from careplans.workshop.history import history_of
from careplans.workshop.review_page import review_context
from careplans.workshop.template_general_forms import CopyForm, NewTemplateForm
from careplans.workshop.template_page import (
    proposed_code,
    template_page,
    template_rows,
    to_mend,
    visible_versions,
    with_parts,
)
from careplans.workshop.translation_page import language_lines


@require_GET
@requires(Permission.SEE_LIBRARY)
def template_list(request: StaffRequest) -> HttpResponse:
    today = timezone.localdate(timezone=request.clinic.zone)
    context = {
        "title": _("Library"),
        "tab": "templates",
        "rows": template_rows(request.clinic, request.permissions, today),
        "may_keep": Permission.KEEP_LIBRARY in request.permissions,
        "may_write": Permission.EDIT_LIBRARY in request.permissions,
    }
    return render(request, "workshop/template_list.html", context)


@require_GET
@requires(Permission.SEE_LIBRARY)
def template_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The version in use, else the newest this person may see."""
    versions = list(
        visible_versions(request.clinic, request.permissions).filter(template=pk).order_by("-number")
    )
    if not versions:
        raise Http404
    shown = next((one for one in versions if one.state == ReviewState.APPROVED), versions[0])
    return _read(request, shown)


@require_GET
@requires(Permission.SEE_LIBRARY)
def template_version(request: StaffRequest, template: uuid.UUID, number: int) -> HttpResponse:
    versions = visible_versions(request.clinic, request.permissions)
    return _read(request, get_object_or_404(versions, template=template, number=number))


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@once
def template_new(request: StaffRequest) -> HttpResponse:
    form = NewTemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = new_template(
                clinic=request.clinic, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The template is begun, as a draft with one phase."))
            return redirect("template-edit", template=version.template_id, number=version.number)
    context = {
        "title": _("New template"),
        "form": form,
        "submit_label": _("Begin the template"),
        "cancel_url": reverse("template-list"),
    }
    return render(request, "workshop/template_new.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@once
def template_copy(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The clinic's own copy of the version in use, which keeps where it came from."""
    original = get_object_or_404(approved_templates(request.clinic), template=pk)
    title = _("%(title)s, our own") % {"title": original}
    form = CopyForm(request.POST or None, initial={"title": title, "code": proposed_code(original)})
    if request.method == "POST" and form.is_valid():
        try:
            version = copy_template(of=original, by=request.user, now=timezone.now(), **form.cleaned_data)
        except CodeTaken as refusal:
            form.add_error("code", str(refusal))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The copy is begun, as a draft. The original stays as it is."))
            return redirect("template-edit", template=version.template_id, number=version.number)
    context = {
        "title": _("Copy “%(title)s”") % {"title": original},
        "form": form,
        "original": original,
        "submit_label": _("Make the copy"),
        "cancel_url": reverse("template-detail", args=[pk]),
    }
    return render(request, "workshop/template_copy.html", context)


def _read(request: StaffRequest, version: TemplateVersion) -> HttpResponse:
    whole = get_object_or_404(
        with_parts(visible_versions(request.clinic, request.permissions)), pk=version.pk
    )
    page = template_page(whole)
    may_keep = Permission.KEEP_LIBRARY in request.permissions
    context = {
        "title": page.words["title"],
        "page": page,
        "version": whole,
        "history": history_of(whole, for_keepers=may_keep),
        "languages": language_lines(whole, standing_of(request.clinic)),
        "is_due": whole.is_review_due(timezone.localdate(timezone=request.clinic.zone)),
        "to_mend": to_mend(whole) if page.is_draft else (),
        "may_keep": may_keep,
        "may_write": Permission.EDIT_LIBRARY in request.permissions,
        "offer": offer_for(version.template) if may_keep else None,
        **review_context(whole, request),
    }
    return render(request, "workshop/template_version.html", context)
