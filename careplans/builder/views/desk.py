"""The builder's desk: the draft on one screen. Every change answers with the desk as it is then."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.audit.record import record_look
from careplans.builder.forms import ComponentFindForm
from careplans.builder.selectors import open_draft_of, page_of
from careplans.core.refusals import Refusal, StaleChange
from careplans.plans.models import Draft
from patients.presenters import patient_header


@requires(Permission.EDIT_CLINICAL)
def plan_build(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    draft = open_draft_of(pk, request.clinic)
    if draft is None:
        return redirect("plan-detail", pk=pk)
    plan = draft.plan
    record_look(
        by=request.user,
        action="plan.opened_for_building",
        subject=plan,
        now=timezone.now(),
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
    )
    return render(request, "builder/plan_build.html", desk_context(request, draft))


def load_draft(request: StaffRequest, pk: uuid.UUID) -> Draft:
    """The open draft of a plan of this clinic, or 404."""
    draft = open_draft_of(pk, request.clinic)
    if draft is None:
        raise Http404
    return draft


def desk_context(request: StaffRequest, draft: Draft) -> dict[str, Any]:
    page = page_of(draft, timezone.now())
    return {
        "title": page.draft.title,
        "page": page,
        "plan": draft.plan,
        "patient": patient_header(draft.plan.patient, permissions=request.permissions, today=page.today),
        "find_form": ComponentFindForm(),
    }


def answer_with_desk(request: StaffRequest, pk: uuid.UUID, *, said: str = "", at: str = "") -> HttpResponse:
    """After a change: the desk alone for htmx, the whole page for everybody else."""
    if request.htmx:
        return render(
            request, "builder/_desk.html", desk_context(request, load_draft(request, pk)) | {"said": said}
        )
    return redirect(reverse("plan-build", args=[pk]) + (f"#{at}" if at else ""))


def answer_refusal(request: StaffRequest, pk: uuid.UUID, refusal: Refusal) -> HttpResponse:
    """Show why nothing was changed, above the draft as it is now; 409 when somebody else was first."""
    context = {"refusal": str(refusal), "changes": getattr(refusal, "changes", ())}
    draft = open_draft_of(pk, request.clinic)
    if draft is None:
        return render(
            request,
            "409.html",
            {"text": str(refusal), "reload_url": reverse("plan-detail", args=[pk])},
            status=409,
        )
    if request.htmx:
        # htmx shows only answers of status 200; the sentence on top says that nothing was saved.
        return render(request, "builder/_desk.html", desk_context(request, draft) | context)
    status = 409 if isinstance(refusal, StaleChange) else 422
    return render(request, "builder/plan_build.html", desk_context(request, draft) | context, status=status)
