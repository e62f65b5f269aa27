from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from patients.changing import RecordChanged
from patients.forms import ContactForm
from patients.forms.contact import IDENTITY_FIELDS
from patients.models import Patient
from patients.presenters import patient_url
from patients.selectors import patients_with_address
from patients.services import change_patient
from patients.views.common import note_look, page_context, patient_of, today_at, typed_in
from patients.views.stale import render_stale, version_seen


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PATIENTS)
def patient_edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change identity, contact and consent."""
    patient = patient_of(request, pk)
    now = note_look(request, patient, "patient.contact_looked_at")
    form = _form(request, patient)
    context = {"title": _("Change contact and consent"), "form": form, "version": patient.version}
    if request.method == "POST" and form.is_valid():
        version = version_seen(request)
        try:
            patient = change_patient(
                patient=patient, version=version, fields=form.identity, by=request.user, now=now
            )
        except RecordChanged as stale:
            return render_stale(
                request, "patients/patient_edit.html", page_context(request, patient, **context), stale
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            warn_about_mail(request, patient)
            return redirect(patient_url(patient))
    return render(request, "patients/patient_edit.html", page_context(request, patient, **context))


def _form(request: StaffRequest, patient: Patient) -> ContactForm:
    return ContactForm(
        typed_in(request),
        initial={name: getattr(patient, name) for name in IDENTITY_FIELDS},
        clinic=request.clinic,
        by=request.user,
        today=today_at(request),
        patient=patient,
    )


def warn_about_mail(request: StaffRequest, patient: Patient) -> None:
    """Say what the front desk would otherwise find out too late: an address that is not used, or not theirs alone."""
    if not patient.email:
        return
    if not patient.has_email_consent:
        messages.warning(request, _("No e-mail will be sent: the patient has not agreed to it."))
    others = patients_with_address(clinic=request.clinic, email=patient.email, except_for=patient)
    if others:
        names = ", ".join(other.full_name for other in others[:3])
        text = _("This address is on record for %(names)s too. Check that the patient reads it themselves.")
        messages.warning(request, text % {"names": names})
