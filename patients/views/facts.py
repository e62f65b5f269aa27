from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal
from patients.forms import FactEndForm, FactForm
from patients.models import ClinicalFact
from patients.presenters import fact_row
from patients.services import end_fact, record_fact, withdraw_fact
from patients.views.common import note_look, page_context, patient_of, today_at, typed_in


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_CLINICAL)
@once
def patient_facts(request: StaffRequest, pk: UUID) -> HttpResponse:
    """All facts of a patient, with a form to add one."""
    patient = patient_of(request, pk)
    now = note_look(request, patient, "patient.facts_looked_at")
    today = today_at(request)
    form = FactForm(typed_in(request), patient=patient, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            fact = record_fact(patient=patient, **form.cleaned_data, by=request.user, now=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded: %(fact)s.") % {"fact": fact})
            return redirect("patient-facts", pk=patient.pk)
    rows = [fact_row(fact, today=today) for fact in patient.facts.on_record()]
    context = page_context(
        request,
        patient,
        title=_("Clinical facts"),
        form=form,
        current=[row for row in rows if not row.ended],
        earlier=[row for row in rows if row.ended],
    )
    return render(request, "patients/patient_facts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_CLINICAL)
def fact_withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take one fact away: it is over, or it was a mistake."""
    fact = get_object_or_404(ClinicalFact.objects.of(request.clinic), pk=pk)
    now = note_look(request, fact.patient, "fact.looked_at", fact)
    form = FactEndForm(typed_in(request), today=today_at(request))
    if request.method == "POST" and form.is_valid():
        try:
            if form.is_mistake:
                withdraw_fact(fact=fact, by=request.user, now=now)
                said = _("Withdrawn, no longer counted: %(fact)s.")
            else:
                end_fact(fact=fact, over_since=form.cleaned_data["over_since"], by=request.user, now=now)
                said = _("Ended: %(fact)s. Safety rules that look back still count it for their days.")
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said % {"fact": fact})
            return redirect("patient-facts", pk=fact.patient_id)
    context = page_context(request, fact.patient, title=_("Withdraw a fact"), form=form, fact=fact)
    context |= {
        "confirm_label": _("Withdraw"),
        "cancel_url": reverse("patient-facts", args=[fact.patient_id]),
    }
    return render(request, "patients/fact_withdraw.html", context)
