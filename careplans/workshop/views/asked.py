"""Steps with a page between, which says what follows and asks: send back, retire, drop, propose, confirm, keep,
ask for a recall."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal
from careplans.library.comments import ask_for_recall, refuse_asking
from careplans.library.models import Retirement
from careplans.library.retire import (
    confirm_retirement,
    drop_draft,
    propose_retirement,
    refuse_alone,
    refuse_needless,
    retire_version,
)
from careplans.library.review import REVIEW_EVERY, keep_version, send_back
from careplans.workshop.consequences import consequences
from careplans.workshop.forms import KeepForm, ReasonForm, RetireForm, SeenReasonForm, SendBackForm
from careplans.workshop.kinds import title_of, version_or_404
from careplans.workshop.places import version_url
from careplans.workshop.selectors import proposals_in, reviewers_in
from careplans.workshop.steps import retire_label


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_LIBRARY)
def version_send_back(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    version = version_or_404(kind, pk, request.clinic)
    form = SendBackForm(request.POST or None, initial={"revision": version.revision})

    def act(given: dict[str, Any]) -> None:
        send_back(
            version=version,
            comment=given["text"],
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )

    return _asked(
        request,
        version,
        form,
        act,
        title=_("Send “%(title)s” back"),
        label=_("Send back"),
        done=_("“%(title)s” is a draft again. Your comment stands above it."),
        follows=[_("It becomes a draft again, and its editors can change it and submit it again.")],
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_LIBRARY)
def version_retire(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    version = version_or_404(kind, pk, request.clinic)
    was_in_use = version.approved_at is not None
    return _asked(
        request,
        version,
        RetireForm(request.POST or None, initial={"revision": version.revision, "state": version.state}),
        lambda given: retire_version(version=version, by=request.user, now=timezone.now(), **given),
        title=_("Retire “%(title)s”") if was_in_use else _("Drop this version of “%(title)s”"),
        label=retire_label(version),
        done=_("“%(title)s” is retired. New plans cannot use it.")
        if was_in_use
        else _("This version of “%(title)s” is dropped."),
        follows=[
            _("No new plan can be published with it. Plans that hold it keep what they say."),
            _("A retired version does not come back; a new one can be written and reviewed."),
        ]
        if was_in_use
        else [_("What is in use stays in use. The version can be read later, but nobody goes on with it.")],
        refuse=refuse_alone,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
def version_drop(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    version = version_or_404(kind, pk, request.clinic)
    return _asked(
        request,
        version,
        SeenReasonForm(request.POST or None, initial={"revision": version.revision}),
        lambda given: drop_draft(version=version, by=request.user, now=timezone.now(), **given),
        title=_("Drop this draft of “%(title)s”"),
        label=_("Drop the draft"),
        done=_("The draft of “%(title)s” is dropped."),
        follows=[_("What is in use stays in use. The draft can be read later, but nobody goes on with it.")],
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LIBRARY)
def version_propose(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    version = version_or_404(kind, pk, request.clinic)
    return _asked(
        request,
        version,
        ReasonForm(request.POST or None),
        lambda given: propose_retirement(
            version=version, reason=given["reason"], by=request.user, now=timezone.now()
        ),
        title=_("Propose to retire “%(title)s”"),
        label=_("Propose to retire"),
        done=_("“%(title)s” stays in use until a second person confirms your proposal."),
        follows=[
            _("Safety rules and red flags protect patients, so two people decide."),
            _("It stays in use until a reviewer who is somebody else confirms."),
            *consequences(version),
        ],
        refuse=refuse_needless,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LIBRARY)
@once
def version_ask_recall(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    version = version_or_404(kind, pk, request.clinic)
    names = ", ".join(reviewers_in(request.clinic)) or _("nobody yet")
    return _asked(
        request,
        version,
        ReasonForm(request.POST or None),
        lambda given: ask_for_recall(
            version=version, text=given["reason"], by=request.user, now=timezone.now()
        ),
        title=_("Ask for a recall of “%(title)s”"),
        label=_("Ask for it"),
        done=_("The reviewers are asked to recall “%(title)s”. Until one of them does, it stays in use."),
        follows=[
            _(
                "It stands first on the page of reviews until a reviewer recalls it or answers, also when a newer version comes into use."
            ),
            _("It stays in use until then. If it cannot wait, call a reviewer: %(names)s.")
            % {"names": names},
        ],
        refuse=lambda asked: refuse_asking(asked, by=request.user),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_LIBRARY)
def retirement_confirm(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    retirement: Retirement = get_object_or_404(proposals_in(request.clinic), pk=pk)
    version: Any = retirement.version
    return _asked(
        request,
        version,
        forms.Form(request.POST if request.method == "POST" else None),
        lambda given: confirm_retirement(retirement=retirement, by=request.user, now=timezone.now()),
        title=_("Take “%(title)s” out of use"),
        label=_("Confirm: take out of use"),
        done=_("“%(title)s” is retired."),
        follows=[
            _("%(name)s proposes it: %(reason)s")
            % {"name": retirement.proposed_by.name, "reason": retirement.reason},
            _("You are the second person. From now on nothing is asked or warned of by it in new plans."),
            *consequences(version),
        ],
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_LIBRARY)
def version_keep(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    version = version_or_404(kind, pk, request.clinic)
    now = timezone.now()
    initial = {"seen_due_on": version.review_due_on, "due_on": now.date() + REVIEW_EVERY}
    form = KeepForm(request.POST or None, initial=initial, today=now.date())
    return _asked(
        request,
        version,
        form,
        lambda given: keep_version(version=version, by=request.user, now=now, **given),
        title=_("“%(title)s” is still right"),
        label=_("Confirm"),
        done=_("“%(title)s” was confirmed."),
        follows=[
            _("You have read it again, and what it says still holds. Not a word of it changes."),
            _("Where something has changed, write a new version instead."),
        ],
    )


def _asked(
    request: StaffRequest,
    version: Any,
    form: Any,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    label: str,
    done: str,
    follows: list[str],
    refuse: Callable[[Any], None] | None = None,
) -> HttpResponse:
    """The page that asks, or the step; ``refuse`` tells before anything is typed what cannot be done anyway."""
    named = {"title": title_of(version)}
    if request.method == "GET" and refuse is not None:
        try:
            refuse(version)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(version_url(version))
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done % named)
            return redirect(version_url(version))
    context = {
        "title": title % named,
        "form": form,
        "follows": follows,
        "confirm_label": label,
        "cancel_url": version_url(version),
        "version": version,
    }
    return render(request, "workshop/version_asked.html", context)
