"""Own copies: making one of a component, and what to do when the original of a copy has gone on."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal
from careplans.library.copies import Offer, copy_component, keep_ours, offer_for, take_over
from careplans.library.edit_component import CodeTaken
from careplans.library.models import ReviewState
from careplans.workshop.component_forms import CopyForm, NumberForm, TakeForm
from careplans.workshop.copy_offers import of_copy, thing_of
from careplans.workshop.kinds import KINDS, title_of
from careplans.workshop.places import edit_url, version_url
from careplans.workshop.review_page import compared


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@once
def component_copy(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A copy of what is in use, under a title and code of its own."""
    found = (
        KINDS["component"].versions(request.clinic).filter(component=pk, state=ReviewState.APPROVED).first()
    )
    if found is None:
        raise Http404
    form = CopyForm(
        request.POST or None, category=found.component.category, initial={"title": title_of(found)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft = copy_component(of=found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except CodeTaken as refusal:
            form.tell_taken(str(refusal))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your copy is begun, as a draft."))
            return redirect("component-edit", pk=draft.component_id, number=draft.number)
    context = {
        "title": _("Copy “%(title)s”") % {"title": title_of(found)},
        "form": form,
        "version": found,
        "submit_label": _("Begin the copy"),
        "cancel_url": reverse("component-detail", args=[pk]),
    }
    return render(request, "workshop/component_copy.html", context)


@require_safe
@requires(Permission.KEEP_LIBRARY)
def copy_offer(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """What changed in the original since it was looked at, beside what the copy says."""
    copy = thing_of(kind, pk, request.clinic)
    offer = offer_for(copy)
    if offer is None:
        messages.info(request, _("There is nothing newer of the original to look at."))
        return redirect(reverse(f"{kind}-detail", args=[pk]))
    return render(request, "workshop/copy_offer.html", _offered(request, kind, offer))


@require_POST
@requires(Permission.EDIT_LIBRARY)
def copy_take(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    copy = thing_of(kind, pk, request.clinic)
    offer = offer_for(copy)
    form = TakeForm(request.POST, has_own_words=bool(offer and of_copy(offer).own))
    if offer and offer.newest.number == form.number() and "replaces" in form.errors:
        messages.error(request, str(form.errors["replaces"][0]))
        return redirect("copy-offer", kind=kind, pk=pk)
    try:
        draft = take_over(copy=copy, number=form.number(), by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("copy-offer", kind=kind, pk=pk)
    messages.success(
        request, _("A draft of your copy has the original's words. Nothing changes until it is approved.")
    )
    return redirect(edit_url(draft) or version_url(draft))


@require_POST
@requires(Permission.EDIT_LIBRARY)
def copy_keep(request: StaffRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    copy, form = thing_of(kind, pk, request.clinic), NumberForm(request.POST)
    try:
        keep_ours(copy=copy, number=form.number(), by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("copy-offer", kind=kind, pk=pk)
    messages.success(request, _("Your copy stays as it is. The next newer original is offered again."))
    return redirect(reverse(f"{kind}-detail", args=[pk]))


def _offered(request: StaffRequest, kind: str, offer: Offer) -> dict[str, Any]:
    beside = of_copy(offer)
    return {
        "title": _("The original of “%(title)s” has changed") % {"title": title_of(offer.own)},
        "kind": kind,
        "offer": offer,
        "of_original": compared(offer.seen, offer.newest) if offer.seen else None,
        "of_copy": beside,
        "take_form": TakeForm(has_own_words=bool(beside.own)),
        "can_decide": Permission.EDIT_LIBRARY in request.permissions,
        "back_url": reverse(f"{kind}-detail", args=[offer.copy.pk]),
        "own_title": title_of(offer.own),
        "original_url": version_url(offer.newest),
    }
