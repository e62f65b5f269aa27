"""From draft to published: answer the findings, see what will happen, publish."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.limits import at_most
from careplans.accounts.permissions import Permission
from careplans.builder.forms import CheckInDaysForm, FindingDecisionForm, RevisionForm
from careplans.builder.preview import PreviewFailed, preview_pdf, publishing_summary
from careplans.builder.publish import publish_plan
from careplans.builder.views.desk import (
    answer_refusal,
    answer_with_desk,
    desk_context,
    gives_back_typed,
    load_draft,
    naming_newest,
)
from careplans.core.refusals import Refusal, StaleChange
from careplans.plans.asked import asked_places
from careplans.plans.assemble import draft_document
from careplans.plans.drafting import decide_finding, gone_phase, set_check_in_days
from careplans.plans.refusals import StaleDraft
from careplans.plans.selectors import findings_of_draft
from patients.presenters import patient_header


@require_POST
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def finding_decide(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    draft = load_draft(request, pk)
    form = FindingDecisionForm(request.POST)
    today = timezone.localdate(timezone=request.clinic.zone)
    document = draft_document(draft, today=today)
    findings = {one.key: one for one in findings_of_draft(draft, document, today)}
    if request.POST.get("finding", "") not in findings:
        gone = Refusal(_("That finding no longer applies. Here is the plan as it is now."))
        return answer_refusal(request, pk, gone)
    if not form.is_valid():
        wrong = next(iter(form.errors.values()))[0]
        return answer_refusal(request, pk, Refusal(str(wrong)))
    given = form.cleaned_data
    try:
        decide_finding(
            draft=draft,
            finding=findings[given["finding"]],
            reason=given["reason"],
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return answer_refusal(request, pk, refusal)
    return answer_with_desk(request, pk, said=_("Your answer is kept with the plan."), at="findings")


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def phase_check_ins(request: StaffRequest, pk: uuid.UUID, phase_pk: uuid.UUID) -> HttpResponse:
    draft = load_draft(request, pk)
    phase = draft.phases.filter(pk=phase_pk).first()
    if phase is None and request.method != "POST":
        return redirect("plan-build", pk=pk)
    if phase is None:
        return answer_refusal(request, pk, gone_phase(draft=draft))
    form = CheckInDaysForm(request.POST or None, phase=phase, initial={"revision": draft.revision})
    told: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            set_check_in_days(
                phase=phase,
                days=given["days"],
                revision=given["revision"],
                by=request.user,
                now=timezone.now(),
            )
        except StaleDraft as refusal:
            # The form stays as typed and now names the newest revision: saved again, it counts.
            draft = load_draft(request, pk)
            form = CheckInDaysForm(naming_newest(request, draft), phase=phase)
            told = {"refusal": str(refusal), "changes": refusal.changes}
        except Refusal as refusal:
            form.add_error("days", str(refusal))
        else:
            return answer_with_desk(
                request, pk, said=_("The check-in days were changed."), at=f"phase-{phase.pk}"
            )
    starts_on = draft.anchor_on + timedelta(days=phase.starts_on_day)
    context = {
        "title": _("Check-ins in “%(phase)s”") % {"phase": phase.name},
        "form": form,
        "plan": draft.plan,
        "phase": phase,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=phase.days - 1),
        "asked": sorted(day + 1 for code, day in asked_places(draft) if code == phase.code),
        "patient": patient_header(
            draft.plan.patient,
            permissions=request.permissions,
            today=timezone.localdate(timezone=request.clinic.zone),
        ),
    }
    context |= {"cancel_url": reverse("plan-build", args=[pk]), **told}
    return render(request, "builder/phase_check_ins.html", context, status=409 if told else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def plan_publish(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What will happen, then the one button that does it."""
    draft = load_draft(request, pk)
    refusal_text = ""
    if request.method == "POST":
        form = RevisionForm(request.POST)
        try:
            version = publish_plan(
                draft=draft,
                revision=form.cleaned_data["revision"] if form.is_valid() else 0,
                by=request.user,
                now=timezone.now(),
            )
        except StaleChange as refusal:
            return answer_refusal(request, pk, refusal)
        except Refusal as refusal:
            refusal_text = str(refusal)
        else:
            messages.success(request, _("Version %(number)d is published.") % {"number": version.number})
            return redirect("plan-detail", pk=pk)
    context = desk_context(request, draft)
    context |= {
        "title": _("Publish this plan"),
        "summary": publishing_summary(context["page"].document, draft.plan, timezone.now()),
        "refusal": refusal_text,
    }
    return render(request, "builder/plan_publish.html", context, status=422 if refusal_text else 200)


@require_GET
@requires(Permission.EDIT_CLINICAL)
@at_most(30, each=timedelta(minutes=1))
@gives_back_typed
def plan_preview(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The handout as it would print now, or how many pages it has; marked as a draft, kept nowhere."""
    wants_pages = bool(request.GET.get("pages"))
    draft = load_draft(request, pk, is_look=not wants_pages)
    today = timezone.localdate(timezone=request.clinic.zone)
    try:
        rendered = preview_pdf(draft_document(draft, today=today), request.clinic)
    except PreviewFailed as failure:
        messages.error(request, str(failure))
        return redirect("plan-build", pk=pk)
    if wants_pages:
        return render(request, "builder/_pages.html", {"pages": rendered.pages})
    response = HttpResponse(rendered.pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="preview.pdf"'
    return response
