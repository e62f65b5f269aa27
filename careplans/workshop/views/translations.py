"""Translations side by side with the English: written in a draft, approved by somebody qualified, listed by language."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.library.models import ReviewState
from careplans.library.translation_approvals import approve_translation, standing_review, withdraw_approval
from careplans.library.translations import (
    drop_translation,
    languages,
    passages_of,
    save_translation,
    words_of,
)
from careplans.library.versions import StaleVersion
from careplans.workshop.kinds import KINDS, version_or_404
from careplans.workshop.translation_forms import ApproveForm, DropForm, TranslationFilterForm, TranslationForm
from careplans.workshop.translation_list import TOLD, overview
from careplans.workshop.translation_page import (
    beside,
    page_context,
    sides,
    translation_url,
)

PER_PAGE = 60


@require_safe
@requires(Permission.KEEP_LIBRARY)
def translation_list(request: StaffRequest) -> HttpResponse:
    form = TranslationFilterForm(request.GET)
    if not form.is_valid():
        return redirect("translation-list")
    found = overview(request.clinic, **form.cleaned_data)
    context = {
        "title": _("Translations"),
        "tab": "translations",
        "form": form,
        "counts": found.counts,
        "page_obj": Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page")),
        "chosen": form.cleaned_data,
    }
    return render(request, "workshop/translation_list.html", context)


@require_safe
@requires(Permission.KEEP_LIBRARY)
def component_translate(request: StaffRequest, pk: uuid.UUID, number: int, language: str) -> HttpResponse:
    found = KINDS["component"].versions(request.clinic).filter(component_id=pk, number=number).first()
    return _read(request, found, language)


@require_safe
@requires(Permission.KEEP_LIBRARY)
def template_translate(request: StaffRequest, pk: uuid.UUID, number: int, language: str) -> HttpResponse:
    found = KINDS["template"].versions(request.clinic).filter(template_id=pk, number=number).first()
    return _read(request, found, language)


@require_safe
@requires(Permission.KEEP_LIBRARY)
def red_flag_translate(request: StaffRequest, pk: uuid.UUID, language: str) -> HttpResponse:
    return _read(request, KINDS["red-flag"].versions(request.clinic).filter(pk=pk).first(), language)


@require_POST
@requires(Permission.EDIT_LIBRARY)
def translation_save(request: StaffRequest, kind: str, pk: uuid.UUID, language: str) -> HttpResponse:
    """Keep what was typed in a draft; refused, it stands in the form again beside what is stored now."""
    version = _told(kind, pk, request, language)
    form = _form(version, language, request.POST)
    if not form.is_valid():
        return _page(request, version, language, form, status=422)
    try:
        save_translation(
            version=version,
            language=language,
            words=form.words(),
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )
    except StaleVersion as refusal:
        newest = _told(kind, pk, request, language)
        stored = words_of(newest).get(language, {})
        # The form stays as typed and now names the newest revision: saved again, it counts.
        told = {
            "refusal": str(refusal),
            "stored": [one for one in sides(newest, stored) if one.translated],
            "revision": newest.revision,
        }
        return _page(request, newest, language, form, told, status=409)
    except Refusal as refusal:
        newest = _told(kind, pk, request, language)
        return _page(request, newest, language, form, {"refusal": str(refusal)}, status=409)
    messages.success(request, _("The translation is saved in the draft."))
    return redirect(translation_url(version, language))


@require_POST
@requires(Permission.EDIT_LIBRARY)
def translation_drop(request: StaffRequest, kind: str, pk: uuid.UUID, language: str) -> HttpResponse:
    """Taken out of the draft: patients who speak the language are told in English."""
    version = _told(kind, pk, request, language)
    form = DropForm(request.POST)
    if not form.is_valid():
        unmeant = form.errors.get("is_meant") if "revision" in form.cleaned_data else None
        messages.error(
            request, str(unmeant[0] if unmeant else _("This page was not complete. Open it again."))
        )
        return redirect(translation_url(version, language))
    try:
        drop_translation(
            version=version,
            language=language,
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("The translation is taken out of the draft. Patients are told in English.")
        )
    return redirect(translation_url(version, language))


@require_POST
@requires(Permission.EDIT_LIBRARY)
def translation_live(request: StaffRequest, kind: str, pk: uuid.UUID, language: str) -> HttpResponse:
    """What stands beside the form, of what is typed in it now. Nothing is stored."""
    version = _told(kind, pk, request, language)
    form = _form(version, language, request.POST)
    form.is_valid()
    return render(
        request, "workshop/_translation_live.html", {"beside": beside(version, language, form.words())}
    )


@require_POST
@requires(Permission.REVIEW_LIBRARY)
def translation_approve(request: StaffRequest, kind: str, pk: uuid.UUID, language: str) -> HttpResponse:
    version = _told(kind, pk, request, language)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _page(request, version, language, None, {"approve_form": form}, status=422)
    try:
        approve_translation(
            version=version, language=language, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("This translation is approved, here and wherever it says the same."))
    return redirect(translation_url(version, language))


@require_POST
@requires(Permission.REVIEW_LIBRARY)
def translation_withdraw(request: StaffRequest, kind: str, pk: uuid.UUID, language: str) -> HttpResponse:
    version = _told(kind, pk, request, language)
    review = standing_review(version, language)
    if review is None:
        messages.info(request, _("No approval of this translation stands."))
        return redirect(translation_url(version, language))
    try:
        withdraw_approval(review=review, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("The approval is withdrawn. The text counts as not approved from now on.")
        )
    return redirect(translation_url(version, language))


def _told(kind: str, pk: uuid.UUID, request: StaffRequest, language: str) -> Any:
    """A version of a kind that is told to patients, in a language that is offered."""
    if kind not in TOLD or language not in languages():
        raise Http404
    return version_or_404(kind, pk, request.clinic)


def _read(request: StaffRequest, version: Any, language: str) -> HttpResponse:
    if version is None or language not in languages():
        raise Http404
    can_write = version.state == ReviewState.DRAFT and Permission.EDIT_LIBRARY in request.permissions
    return _page(request, version, language, _form(version, language) if can_write else None)


def _form(version: Any, language: str, data: Any = None) -> TranslationForm:
    words = words_of(version).get(language, {})
    return TranslationForm(passages_of(version), words, language, data, revision=version.revision)


def _page(
    request: StaffRequest,
    version: Any,
    language: str,
    form: TranslationForm | None,
    told: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = page_context(version, language, request, form)
    standing = context["standing"]
    context |= {
        "drop_form": DropForm(initial={"revision": version.revision}, auto_id="drop_%s"),
        "approve_form": ApproveForm(initial={"sha256": standing.sha256}),
        # A mistake in the form is no reason to write over what somebody else saved meanwhile.
        "revision": request.POST.get("revision", version.revision),
        **(told or {}),
    }
    return render(request, "workshop/translation_edit.html", context, status=status)
