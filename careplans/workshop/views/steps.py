"""Steps of a version's life that are taken at once: started, submitted, approved, commented; a proposal withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal
from careplans.library.comments import comment_on
from careplans.library.models import Retirement
from careplans.library.retire import withdraw_retirement
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.workshop.forms import CommentForm, RevisionForm
from careplans.workshop.kinds import title_of, version_or_404
from careplans.workshop.places import edit_url, version_url
from careplans.workshop.selectors import proposals_in


@require_POST
@requires(Permission.EDIT_LIBRARY)
@once
def version_start(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    version = version_or_404(kind, pk, request.clinic)
    try:
        draft = start_version(of=version, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(version_url(version))
    messages.success(request, _("Version %(number)d is a draft now. Write in it.") % {"number": draft.number})
    return redirect(edit_url(draft))


@require_POST
@requires(Permission.EDIT_LIBRARY)
def version_submit(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    done = _("“%(title)s” now waits for a reviewer.")
    return _taken(request, version_or_404(kind, pk, request.clinic), submit_for_review, done)


@require_POST
@requires(Permission.REVIEW_LIBRARY)
def version_approve(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    done = _("“%(title)s” is approved. New plans use it from now on.")
    return _taken(request, version_or_404(kind, pk, request.clinic), approve_version, done)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LIBRARY)
@once
def version_comment(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    version = version_or_404(kind, pk, request.clinic)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            comment_on(version=version, text=form.cleaned_data["text"], by=request.user, now=timezone.now())
        except Refusal as refusal:
            form.add_error("text", str(refusal))
        else:
            return redirect(f"{version_url(version)}#comments")
    context = {
        "title": _("Comment on “%(title)s”") % {"title": title_of(version)},
        "form": form,
        "submit_label": _("Comment"),
        "cancel_url": version_url(version),
    }
    return render(request, "workshop/version_comment.html", context)


@require_POST
@requires(Permission.KEEP_LIBRARY)
def retirement_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    retirement: Retirement = get_object_or_404(proposals_in(request.clinic), pk=pk)
    try:
        withdraw_retirement(retirement=retirement, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The proposal is withdrawn. Nothing was taken out of use."))
    return redirect(version_url(retirement.version))


def _taken(request: StaffRequest, version: Any, verb: Callable[..., Any], done: str) -> HttpResponse:
    """One step by its verb, of what the page showed; a refusal is told on the version's page."""
    form = RevisionForm(request.POST)
    seen = form.cleaned_data["revision"] if form.is_valid() else None
    try:
        # A form that names no revision is of no page of ours: 0 is none that a version ever has.
        verb(version=version, revision=seen or 0, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done % {"title": title_of(version)})
    return redirect(version_url(version))
