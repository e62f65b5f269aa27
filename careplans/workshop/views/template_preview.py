"""A template as the plan of a pretend patient: on the page and as PDF. Reads only, and writes nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.limits import at_most
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.handouts.render import RenderingFailed
from careplans.library.models import TemplateVersion
from careplans.workshop.pretend import PretendPlan, pretend_pdf, pretend_plan
from careplans.workshop.pretend_form import PretendForm
from careplans.workshop.template_page import visible_versions, with_parts


@require_GET
@requires(Permission.SEE_LIBRARY)
def template_preview(request: StaffRequest, template: uuid.UUID, number: int) -> HttpResponse:
    version = _version(request, template, number)
    context = _context(request, version)
    return render(request, "workshop/template_preview.html", context)


@require_GET
@requires(Permission.SEE_LIBRARY)
@at_most(30, each=timedelta(minutes=1))
def template_preview_pdf(request: StaffRequest, template: uuid.UUID, number: int) -> HttpResponse:
    """The handout as it would print; what cannot be printed is said on the page."""
    version = _version(request, template, number)
    context = _context(request, version)
    plan: PretendPlan | None = context["plan"]
    if plan is not None:
        try:
            rendered = pretend_pdf(plan.document, request.clinic)
        except RenderingFailed as failure:
            context["refusal"] = _("The preview could not be made: %(why)s") % {"why": failure}
        else:
            response = HttpResponse(rendered.pdf, content_type="application/pdf")
            response["Content-Disposition"] = 'inline; filename="pretend-plan.pdf"'
            return response
    return render(request, "workshop/template_preview.html", context, status=422)


def _version(request: StaffRequest, template: uuid.UUID, number: int) -> TemplateVersion:
    versions = with_parts(visible_versions(request.clinic, request.permissions))
    return get_object_or_404(versions, template=template, number=number)


def _context(request: StaffRequest, version: TemplateVersion) -> dict[str, Any]:
    form = PretendForm(request.GET, version=version, language=request.clinic.language)
    today = timezone.localdate(timezone=request.clinic.zone)
    plan, refusal = None, ""
    if form.is_valid():
        try:
            plan = pretend_plan(
                version, form.patient, clinic=request.clinic, clinician=request.user.name, today=today
            )
        except Refusal as refused:
            refusal = str(refused)
    return {
        "title": _("Preview: %(title)s") % {"title": version},
        "version": version,
        "form": form,
        "plan": plan,
        "refusal": refusal,
        "today": today,
        "sent": request.GET.urlencode(),
    }
