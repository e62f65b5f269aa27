"""Red flags: found, read, written, and seen as the patient sees them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal
from careplans.library.edit_red_flag import new_red_flag, save_red_flag
from careplans.library.models import RedFlag, ReviewState
from careplans.library.own_codes import NameTaken
from careplans.library.translations import standing_of
from careplans.library.versions import StaleVersion
from careplans.workshop.given_back import beside
from careplans.workshop.history import history_of
from careplans.workshop.list_forms import StateForm
from careplans.workshop.red_flag_forms import RedFlagForm
from careplans.workshop.red_flag_page import (
    preview_of,
    preview_of_flag,
    red_flags_in,
    rows_of,
    translations_of,
    warnings_of,
)
from careplans.workshop.review_page import review_context
from careplans.workshop.translation_page import language_lines


@require_safe
@requires(Permission.SEE_LIBRARY)
def red_flag_list(request: StaffRequest) -> HttpResponse:
    for_keepers = _keeps(request)
    form = StateForm(request.GET, for_keepers=for_keepers)
    asked = form.asked
    flags = red_flags_in(request.clinic, for_keepers=for_keepers).filter(**asked.filters)
    context = {
        "title": _("Library"),
        "tab": "red-flags",
        "form": form,
        "rows": rows_of(flags, asked.words),
        "is_writer": Permission.EDIT_LIBRARY in request.permissions,
    }
    return render(request, "workshop/red_flag_list.html", context)


@require_safe
@requires(Permission.SEE_LIBRARY)
def red_flag_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    flag = _flag(request, pk)
    for_keepers = _keeps(request)
    standing = standing_of(request.clinic)
    context = {
        "title": flag.clinician_label,
        "flag": flag,
        "preview": preview_of_flag(flag),
        "translations": translations_of(flag, standing),
        "languages": language_lines(flag, standing) if for_keepers else (),
        "warnings": warnings_of(flag.code, asked=flag.asked, urgency=flag.urgency) if for_keepers else (),
        "history": history_of(flag, for_keepers=for_keepers),
        "is_due": flag.is_review_due(timezone.localdate(timezone=request.clinic.zone)),
        **review_context(flag, request),
    }
    return render(request, "workshop/red_flag_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@once
def red_flag_new(request: StaffRequest) -> HttpResponse:
    form = RedFlagForm(request.POST or None, clinic=request.clinic, flag=None)
    if request.method == "POST" and form.is_valid():
        try:
            flag = new_red_flag(clinic=request.clinic, says=form.says, by=request.user, now=timezone.now())
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(
                request, _("The red flag is saved as a draft. Nobody is asked before it is approved.")
            )
            return redirect("red-flag-detail", pk=flag.pk)
    return _editor_page(request, form, title=_("New red flag"), cancel_url=reverse("red-flag-list"))


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
def red_flag_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    flag = _flag(request, pk)
    if request.method == "GET" and flag.state != ReviewState.DRAFT:
        messages.info(request, _("Only a draft can be written in. Start a new version of this red flag."))
        return redirect("red-flag-detail", pk=pk)
    form = RedFlagForm(request.POST or None, clinic=request.clinic, flag=flag)
    told: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, flag, form)
        except StaleVersion as refusal:
            stored = RedFlagForm(clinic=request.clinic, flag=_flag(request, pk))
            told = {"refusal": str(refusal), "stored": stored, "beside": beside(form, stored)}
        except Refusal as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("red-flag-detail", pk=pk)
    title = _("Write a red flag")
    return _editor_page(request, form, title=title, cancel_url=reverse("red-flag-detail", args=[pk]), **told)


@require_POST
@requires(Permission.EDIT_LIBRARY)
def red_flag_asked(request: StaffRequest) -> HttpResponse:
    """How the patient would be asked and told, as it is typed. ``code`` is the draft's, for its warnings."""
    form = RedFlagForm(request.POST, clinic=request.clinic, flag=None)
    return render(
        request, "workshop/_red_flag_asked.html", _asked(request, form, request.POST.get("code", ""))
    )


def _asked(request: StaffRequest, form: RedFlagForm, code: str) -> dict[str, Any]:
    texts = {name: form.now(name) for name in ("question", "sign", "what_to_do", "urgency")}
    return {
        "preview": preview_of(**texts),
        "warnings": warnings_of(code, asked=form.now("asked"), urgency=texts["urgency"]),
        "clinic": request.clinic,
    }


def _save(request: StaffRequest, flag: RedFlag, form: RedFlagForm) -> None:
    save_red_flag(
        version=flag,
        says=form.says,
        revision=form.cleaned_data["revision"] or 0,
        by=request.user,
        now=timezone.now(),
    )


def _editor_page(request: StaffRequest, form: RedFlagForm, **context: Any) -> HttpResponse:
    """With ``stored`` somebody else was first: the form names the newest revision now, and saved again it counts."""
    stored: RedFlagForm | None = context.get("stored")
    flag = stored.flag if stored is not None else form.flag
    revision = form["revision"].value() if stored is None else stored["revision"].value()
    context |= {
        "form": form,
        "flag": flag,
        "revision": revision or "",
        "has_translations": bool(flag and len(flag.texts) > 1),
        **_asked(request, form, flag.code if flag else ""),
    }
    return render(request, "workshop/red_flag_edit.html", context, status=409 if stored else 200)


def _refuse(form: RedFlagForm, refusal: Refusal) -> None:
    form.add_error("name" if isinstance(refusal, NameTaken) and "name" in form.fields else None, str(refusal))


def _flag(request: StaffRequest, pk: uuid.UUID) -> Any:
    return get_object_or_404(red_flags_in(request.clinic, for_keepers=_keeps(request)), pk=pk)


def _keeps(request: StaffRequest) -> bool:
    return Permission.KEEP_LIBRARY in request.permissions
