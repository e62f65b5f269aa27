"""Revising a running plan in one step, without what was recalled or with what was put right since."""

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
from careplans.library.models import ComponentVersion
from careplans.library.selectors import FALLBACK_LANGUAGE, components_of, wording_in
from careplans.plans.without import revise_without, version_taken


@require_POST
@requires(Permission.EDIT_CLINICAL)
def plan_without(request: StaffRequest, pk: uuid.UUID, component_pk: uuid.UUID) -> HttpResponse:
    """One step from the worklist to the page that publishes the plan without what was recalled, or with what was put right."""
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
    messages.info(request, _told(version_taken(draft, component)))
    return redirect("plan-publish", pk=pk)


def _told(taken: ComponentVersion | None) -> str:
    if taken is None:
        return _(
            "What was recalled is out of this draft; everything else stands as it is in your library now. Speak to the patient, read what they will be told, then publish it."
        )
    return _(
        "“%(title)s” was recalled and put right since: in this draft it is replaced by version %(number)d; everything else stands as it is in your library now. Speak to the patient, read what they will be told, and in which dose, then publish it."
    ) % {"title": wording_in(taken, FALLBACK_LANGUAGE).text.title, "number": taken.number}
