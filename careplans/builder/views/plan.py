"""A plan's life: start, look at, revise, publish, end."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.looks import note_look
from careplans.accounts.permissions import Permission
from careplans.builder.forms import PlanEndForm, PlanStartForm, RevisionForm
from careplans.builder.presenters import phase_spans, template_choices
from careplans.builder.publish import end_plan
from careplans.builder.selectors import left_out_of, plan_of
from careplans.builder.views.desk import answer_refusal, gives_back_typed, load_draft
from careplans.checkins.marks import marks_of
from careplans.checkins.models import CheckIn
from careplans.core.once import once
from careplans.core.refusals import Refusal
from careplans.library.selectors import approved_templates
from careplans.plans.drafting import discard_draft
from careplans.plans.holdings import RUNNING, newer_in, recalled_in
from careplans.plans.selectors import findings_of_end, open_draft
from careplans.plans.start import start_plan, start_revision
from patients.models import Patient
from patients.presenters import patient_header


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
@once
def plan_start(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    patient = get_object_or_404(Patient.objects.of(request.clinic).select_related("clinic"), pk=pk)
    note_look(request, action="patient.episodes_looked_at", subject=patient, patient_id=patient.pk)
    templates = approved_templates(request.clinic)
    form = PlanStartForm(request.POST or None, patient=patient, templates=templates)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            draft = start_plan(
                episode=given["episode"],
                template_version=given["template"],
                **form.dates,
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            for sentence in left_out_of(draft):
                messages.info(request, sentence)
            return redirect("plan-build", pk=draft.plan_id)
    today = timezone.localdate(timezone=request.clinic.zone)
    episodes = list(patient.episodes.open())
    context = {
        "title": _("Start a plan"),
        "form": form,
        "templates": template_choices(templates, episodes),
        "episodes": episodes,
        "person": patient,
        "patient": patient_header(patient, permissions=request.permissions, today=today),
    }
    return render(request, "builder/plan_start.html", context)


@require_GET
@requires(Permission.SEE_CLINICAL)
def plan_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    plan = get_object_or_404(plan_of(pk, request.clinic))
    note_look(request, action="plan.looked_at", subject=plan, patient_id=plan.patient_id)
    versions = list(plan.versions.select_related("published_by", "handout").order_by("-number"))
    document = versions[0].document if versions else None
    check_ins = list(plan.check_ins.exclude(state=CheckIn.State.CANCELLED).order_by("due_on"))
    today = timezone.localdate(timezone=request.clinic.zone)
    is_editor = Permission.EDIT_CLINICAL in request.permissions
    context = {
        "title": plan.title,
        "plan": plan,
        "versions": [(version, version.document) for version in versions],
        "document": document,
        "spans": phase_spans(document) if document else (),
        "marks": marks_of(check_ins) if document else (),
        "check_ins": check_ins,
        "draft": open_draft(plan),
        "recalled": list(recalled_in(plan.pk)) if plan.state in RUNNING else [],
        "newer": newer_in(plan) if is_editor and plan.state in RUNNING else [],
        "today": today,
        "patient": patient_header(plan.patient, permissions=request.permissions, today=today),
    }
    return render(request, "builder/plan_detail.html", context)


@require_POST
@requires(Permission.EDIT_CLINICAL)
def plan_revise(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    plan = get_object_or_404(plan_of(pk, request.clinic))
    try:
        start_revision(plan=plan, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("plan-detail", pk=pk)
    return redirect("plan-build", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
def plan_end(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    plan = get_object_or_404(plan_of(pk, request.clinic))
    note_look(request, action="plan.looked_at", subject=plan, patient_id=plan.patient_id)
    today = timezone.localdate(timezone=request.clinic.zone)
    form = PlanEndForm(request.POST or None, findings=findings_of_end(plan, today))
    if request.method == "POST" and form.is_valid():
        try:
            end_plan(plan=plan, by=request.user, now=timezone.now(), **form.given)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The plan has ended. Nothing more will be asked."))
            return redirect("patient-detail", pk=plan.patient_id)
    context = {
        "title": _("End this plan"),
        "form": form,
        "plan": plan,
        "confirm_label": _("End this plan"),
        "cancel_url": reverse("plan-detail", args=[pk]),
        "patient": patient_header(plan.patient, permissions=request.permissions, today=today),
    }
    return render(request, "builder/plan_end.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def draft_discard(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What goes with the draft, then the one button that does it."""
    draft = load_draft(request, pk)
    form = RevisionForm(request.POST or None, initial={"revision": draft.revision})
    if request.method == "POST":
        revision = form.cleaned_data["revision"] if form.is_valid() else 0
        try:
            discard_draft(draft=draft, revision=revision, by=request.user, now=timezone.now())
        except Refusal as refusal:
            return answer_refusal(request, pk, refusal)
        messages.success(request, _("The draft was discarded. Nothing the patient was told has changed."))
        return redirect("patient-detail", pk=draft.plan.patient_id)
    today = timezone.localdate(timezone=request.clinic.zone)
    context = {
        "title": _("Discard this draft"),
        "plan": draft.plan,
        "draft": draft,
        "form": form,
        "is_first": not draft.plan.versions.exists(),
        "confirm_label": _("Discard the draft"),
        "cancel_label": _("Keep it"),
        "is_grave": True,
        "cancel_url": reverse("plan-build", args=[pk]),
        "patient": patient_header(draft.plan.patient, permissions=request.permissions, today=today),
    }
    return render(request, "builder/draft_discard.html", context)
