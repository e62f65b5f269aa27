"""The dates of a draft on a page of their own."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.builder.date_forms import PlanDatesForm
from careplans.builder.dates import dates_view
from careplans.builder.views.desk import answer_with_desk, gives_back_typed, load_draft, naming_newest
from careplans.core.refusals import Refusal
from careplans.plans.dates import set_dates
from careplans.plans.refusals import StaleDraft
from patients.presenters import patient_header


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def plan_dates(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What day 0 is, and after surgery the days for heat and load; the findings on the desk follow at once."""
    draft = load_draft(request, pk)
    form = PlanDatesForm(request.POST or None, draft=draft)
    told: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            set_dates(
                draft=draft,
                **form.dates,
                revision=form.cleaned_data["revision"],
                by=request.user,
                now=timezone.now(),
            )
        except StaleDraft as refusal:
            # The form stays as typed and now names the newest revision: saved again, it counts.
            draft = load_draft(request, pk)
            form = PlanDatesForm(naming_newest(request, draft), draft=draft)
            told = {"refusal": str(refusal), "changes": refusal.changes}
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return answer_with_desk(request, pk, said=_("The dates were changed."), at="dates")
    context = {
        "title": _("Dates of this plan"),
        "form": form,
        "plan": draft.plan,
        "dates": dates_view(draft),
        "cancel_url": reverse("plan-build", args=[pk]),
        "patient": patient_header(
            draft.plan.patient,
            permissions=request.permissions,
            today=timezone.localdate(timezone=request.clinic.zone),
        ),
    }
    return render(request, "builder/plan_dates.html", context | told, status=409 if told else 200)
