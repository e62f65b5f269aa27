from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from patients.presenters import patient_row
from patients.selectors import found_patients, with_episodes_and_plans
from patients.views.common import today_at

PAGE_SIZE = 25
WORDS_LENGTH = 120


@require_safe
@requires(Permission.SEE_PATIENTS)
def patient_list(request: StaffRequest) -> HttpResponse:
    """Find a patient by name or record number, among one's own or all."""
    words = request.GET.get("q", "").strip()[:WORDS_LENGTH]
    is_mine = request.GET.get("whose") == "mine"
    is_clinical = Permission.SEE_CLINICAL in request.permissions
    found = found_patients(request.clinic, words=words, mine=request.user if is_mine else None)
    page = Paginator(with_episodes_and_plans(found) if is_clinical else found, PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    today = today_at(request)
    context = {
        "title": _("Patients"),
        "rows": [patient_row(patient, today=today, is_clinical=is_clinical) for patient in page],
        "page_obj": page,
        "words": words,
        "is_mine": is_mine,
        "is_clinical": is_clinical,
        "can_register": Permission.EDIT_PATIENTS in request.permissions,
    }
    return render(request, "patients/patient_list.html", context)
