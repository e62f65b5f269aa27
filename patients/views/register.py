from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission, Role
from careplans.core.once import once
from careplans.core.refusals import Refusal
from patients.forms import ClinicianRegisterForm, RegisterForm
from patients.identity import clinic_day
from patients.models import Patient
from patients.presenters import patient_url
from patients.services import register_with_history
from patients.views.common import typed_in
from patients.views.edit import warn_about_mail


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PATIENTS)
@once
def patient_register(request: StaffRequest) -> HttpResponse:
    """Register somebody new; a clinician with facts and the first episode on the same page."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            patient = _register(request, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s is registered.") % {"name": patient.full_name})
            warn_about_mail(request, patient)
            return redirect(patient_url(patient))
    context = {
        "title": _("Register a patient"),
        "form": form,
        "duplicates": [(patient, patient_url(patient)) for patient in getattr(form, "duplicates", [])],
        "cancel_url": reverse("patient-list"),
    }
    return render(request, "patients/patient_register.html", context)


def _form(request: StaffRequest) -> RegisterForm:
    """The form for what this person may write down."""
    form_class = ClinicianRegisterForm if Permission.EDIT_CLINICAL in request.permissions else RegisterForm
    initial: dict[str, Any] = {"language": request.clinic.language, "time_zone": request.clinic.time_zone}
    if Role.CLINICIAN in request.roles:
        initial["clinician"] = request.user
    today = clinic_day(request.clinic, timezone.now())
    return form_class(typed_in(request), initial=initial, clinic=request.clinic, by=request.user, today=today)


def _register(request: StaffRequest, form: RegisterForm) -> Patient:
    return register_with_history(
        clinic=request.clinic, identity=form.identity, **form.history, by=request.user, now=timezone.now()
    )
