"""Revising a running plan in one step, without what was recalled."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.builder.selectors import plan_of
from careplans.core.refusals import Refusal
from careplans.library.selectors import components_of
from careplans.plans.without import revise_without


@require_POST
@requires(Permission.EDIT_CLINICAL)
def plan_without(request: StaffRequest, pk: uuid.UUID, component_pk: uuid.UUID) -> HttpResponse:
    """One step from the worklist to the page that publishes the plan without what was recalled."""
    plan = get_object_or_404(plan_of(pk, request.clinic))
    component = get_object_or_404(components_of(request.clinic), pk=component_pk)
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
