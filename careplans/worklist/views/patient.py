from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.audit.record import record_look
from careplans.checkins.models import CheckIn
from careplans.worklist import overview_reads as reads
from careplans.worklist.answers import answer_block
from careplans.worklist.overview import flag_labels, overview_of
from patients.models import Patient
from patients.presenters import patient_header

ANSWERS_A_PAGE = 20


@require_safe
@requires(Permission.SEE_PATIENTS)
def patient_detail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Everything about one patient at a glance; at the desk only who it is and how to reach them."""
    is_clinical = Permission.SEE_CLINICAL in request.permissions
    read = reads.patient_with_history if is_clinical else reads.patient_with_messages
    patient = get_object_or_404(read(request.clinic), pk=pk)
    _note_look(request, patient, "patient.looked_at")
    overview = overview_of(
        patient,
        permissions=request.permissions,
        version=reads.current_version(patient),
        check_ins=list(reads.check_ins_of(patient.pk)[: reads.CHECK_INS_READ]),
        alerts=reads.alerts_of_patient(request.clinic, patient) if is_clinical else [],
    )
    context = _context(request, patient) | {"title": patient.full_name, "see": overview}
    return render(request, "worklist/patient_detail.html", context)


@require_safe
@requires(Permission.SEE_CLINICAL)
def patient_answers(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Every check-in that was asked, with its answer, newest first."""
    patient = get_object_or_404(Patient.objects.of(request.clinic).select_related("clinic"), pk=pk)
    _note_look(request, patient, "patient.answers_looked_at")
    asked = reads.check_ins_of(patient.pk).exclude(state=CheckIn.State.SCHEDULED)
    page = Paginator(asked, ANSWERS_A_PAGE).get_page(request.GET.get("page"))
    version = reads.current_version(patient)
    labels = flag_labels(version.document if version else None)
    context = _context(request, patient) | {
        "title": _("Check-ins and answers"),
        "rows": [answer_block(check_in, labels) for check_in in page],
        "page_obj": page,
    }
    return render(request, "worklist/patient_answers.html", context)


def _context(request: StaffRequest, patient: Patient) -> dict[str, object]:
    today = timezone.localdate(timezone=request.clinic.zone)
    may = request.permissions
    return {
        "person": patient,
        "patient": patient_header(patient, permissions=may, today=today),
        "today": today,
        "is_clinical": Permission.SEE_CLINICAL in may,
        "can_edit_clinical": Permission.EDIT_CLINICAL in may,
        "can_edit": Permission.EDIT_PATIENTS in may,
        "can_print": Permission.PRINT_HANDOUTS in may,
        "can_see_messages": Permission.SEE_MESSAGES in may,
    }


def _note_look(request: StaffRequest, patient: Patient, action: str) -> None:
    record_look(
        by=request.user,
        action=action,
        subject=patient,
        now=timezone.now(),
        clinic_id=request.clinic.pk,
        patient_id=patient.pk,
    )
