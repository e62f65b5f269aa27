"""Opening a handout, and trying again when it could not be made."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.limits import at_most
from careplans.accounts.looks import note_look
from careplans.accounts.permissions import Permission
from careplans.handouts.models import Handout
from careplans.handouts.services import HandoutDamaged, ensure_rendered, read_pdf, retry_handout


@require_GET
@requires(Permission.PRINT_HANDOUTS)
@at_most(60, each=timedelta(minutes=1))
def handout_pdf(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The stored PDF. One not made yet is made now: it fills a cache and changes nothing a clinician decided."""
    handout, now = _handout(request, pk), timezone.now()
    if handout.state in (Handout.State.PENDING, Handout.State.RENDERING):
        handout = ensure_rendered(handout=handout, now=now)
    if handout.state != Handout.State.READY:
        return _status_page(request, handout)
    try:
        content = read_pdf(handout=handout, now=now)
    except HandoutDamaged:
        handout.state = Handout.State.DAMAGED
        return _status_page(request, handout)
    plan = handout.version.plan
    note_look(request, action="handout.opened", subject=handout, patient_id=plan.patient_id)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_file_name(handout)}"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response


@require_POST
@requires(Permission.PRINT_HANDOUTS)
@at_most(20, each=timedelta(minutes=1))
def handout_retry(request: StaffRequest, pk: UUID) -> HttpResponse:
    handout = _handout(request, pk)
    retry_handout(handout=handout, by=request.user, now=timezone.now())
    return redirect("handout-pdf", pk=handout.pk)


def _handout(request: StaffRequest, pk: UUID) -> Handout:
    # The document itself is large and is not needed to serve a stored file.
    handouts = Handout.objects.of(request.clinic).select_related("version__plan__patient")
    return get_object_or_404(handouts.defer("version__document_data"), pk=pk)


def _status_page(request: StaffRequest, handout: Handout) -> HttpResponse:
    plan = handout.version.plan
    note_look(request, action="plan.looked_at", subject=plan, patient_id=plan.patient_id)
    context = {"handout": handout, "version": handout.version, "plan": plan, "patient": plan.patient}
    is_coming = handout.state in (Handout.State.PENDING, Handout.State.RENDERING)
    response = render(request, "handouts/handout_status.html", context, status=200 if is_coming else 503)
    if is_coming:
        response["Refresh"] = "2"
    return response


def _file_name(handout: Handout) -> str:
    number = slugify(handout.version.plan.patient.record_number) or "plan"
    return f"care-plan-{number}-v{handout.version.number}.pdf"
