"""The page "Reviews": what waits for a reviewer, what is due, one's own drafts, proposals to retire."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.workshop.chosen import approve_chosen, chosen_in
from careplans.workshop.copy_offers import offer_rows
from careplans.workshop.review_parts import part_of
from careplans.workshop.waiting import due_for_review, in_review, own_drafts, proposals, recalls_asked


@require_GET
@requires(Permission.KEEP_LIBRARY)
def review_list(request: StaffRequest) -> HttpResponse:
    today = timezone.localdate(timezone=request.clinic.zone)
    can_review = Permission.REVIEW_LIBRARY in request.permissions
    clinic, user = request.clinic, request.user
    rows = {
        "waiting": in_review(clinic, user, from_starter=False),
        "starter": in_review(clinic, user, from_starter=True),
        "drafts": own_drafts(clinic, user),
        "due": due_for_review(clinic, user, today),
    }
    context = {
        "title": _("Reviews"),
        "parts": {name: part_of(name, found, request.GET) for name, found in rows.items()},
        "recalls_asked": recalls_asked(clinic),
        "proposals": proposals(request.clinic, request.user),
        "offers": offer_rows(request.clinic),
        "can_review": can_review,
        "are_all_chosen": request.GET.get("chosen") == "all",
    }
    return render(request, "workshop/review_list.html", context)


@require_POST
@requires(Permission.REVIEW_LIBRARY)
def reviews_approve(request: StaffRequest) -> HttpResponse:
    keys = request.POST.getlist("chosen")
    if not keys:
        messages.info(request, _("Nothing was chosen. Tick what you have read."))
        return redirect("review-list")
    chosen = list(chosen_in(keys, request.clinic))
    done = approve_chosen(chosen=chosen, by=request.user, now=timezone.now())
    if done.titles:
        number = len(done.titles)
        said = ngettext("%(n)d version is approved.", "%(n)d versions are approved.", number)
        messages.success(request, said % {"n": number})
    for refusal in done.refusals:
        messages.error(request, refusal)
    return redirect("review-list")
