"""Keeping running plans in step with the library: without what was recalled, with what was approved since."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.looks import note_look
from careplans.accounts.permissions import Permission
from careplans.builder.selectors import plan_of
from careplans.core.refusals import Refusal
from careplans.library.models import Component
from careplans.library.selectors import FALLBACK_LANGUAGE, wording_in
from careplans.plans.holdings import newer_in
from careplans.plans.without import revise_with_newer, revise_without
from patients.presenters import patient_header


@require_POST
@requires(Permission.EDIT_CLINICAL)
def plan_without(request: StaffRequest, pk: uuid.UUID, component_pk: uuid.UUID) -> HttpResponse:
    """One step from the worklist to the page that publishes the plan without what was recalled."""
    plan = get_object_or_404(plan_of(pk, request.clinic))
    component = get_object_or_404(Component.objects.filter(clinic=request.clinic), pk=component_pk)
    try:
        draft = revise_without(plan=plan, component=component, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("plan-detail", pk=pk)
    if not draft.phases.filter(items__isnull=False).exists():
        messages.info(request, _("Nothing else was in this plan. Add what the patient should do instead."))
        return redirect("plan-build", pk=pk)
    messages.info(
        request,
        _("What was recalled is out of this draft. Read what the patient will be told, then publish it."),
    )
    return redirect("plan-publish", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
def plan_updates(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What was approved since of what this plan holds, side by side with what the patient has; then a draft with it."""
    plan = get_object_or_404(plan_of(pk, request.clinic))
    if request.method == "POST":
        try:
            revise_with_newer(plan=plan, by=request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("plan-detail", pk=pk)
        return redirect("plan-publish", pk=pk)
    note_look(request, action="plan.looked_at", subject=plan, patient_id=plan.patient_id)
    today = timezone.localdate(timezone=request.clinic.zone)
    context = {
        "title": _("Newer instructions for this plan"),
        "plan": plan,
        "updates": [
            (held, newer, wording_in(newer, FALLBACK_LANGUAGE).text.title) for held, newer in newer_in(plan)
        ],
        "patient": patient_header(plan.patient, permissions=request.permissions, today=today),
    }
    return render(request, "builder/plan_updates.html", context)
