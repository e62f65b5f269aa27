"""What was approved since of what a running plan holds."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.looks import note_look
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.library.selectors import FALLBACK_LANGUAGE, wording_in
from careplans.plans.holdings import newer_in
from careplans.plans.selectors import latest_version, open_draft, phases_with_items
from careplans.plans.without import revise_with_newer
from careplans.workshop.dose_updates import dose_updates
from careplans.workshop.review_page import compared
from careplans.workshop.used import running_plan
from patients.presenters import patient_header


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
def plan_updates(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What the patient has beside what is approved now; then a draft of the plan with it, to be looked at and published."""
    plan = get_object_or_404(running_plan(pk, request.clinic))
    if request.method == "POST":
        try:
            revise_with_newer(plan=plan, by=request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("plan-detail", pk=pk)
        return redirect("plan-publish", pk=pk)
    note_look(request, action="plan.looked_at", subject=plan, patient_id=plan.patient_id)
    latest = latest_version(plan)
    document = latest.document if latest else None
    draft = open_draft(plan)
    phases = phases_with_items(draft) if draft else None
    today = timezone.localdate(timezone=request.clinic.zone)
    context = {
        "title": _("Newer instructions for this plan"),
        "plan": plan,
        "has_draft": draft is not None,
        "updates": [
            (
                wording_in(newer, FALLBACK_LANGUAGE).text.title,
                held,
                newer,
                compared(held, newer),
                dose_updates(document, phases, held, newer),
            )
            for held, newer in newer_in(plan)
        ],
        "patient": patient_header(plan.patient, permissions=request.permissions, today=today),
    }
    return render(request, "workshop/plan_updates.html", context)
