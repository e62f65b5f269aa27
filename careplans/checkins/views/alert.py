"""An alert: why it was raised, what was answered beside the course so far, and the two steps that settle it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.looks import note_look
from careplans.accounts.permissions import Permission
from careplans.checkins.alerts import acknowledge_alert, resolve_alert
from careplans.checkins.expected import aim_on, expected_course
from careplans.checkins.forms.staff import AcknowledgeForm, ResolveForm
from careplans.checkins.models import Alert
from careplans.checkins.presenters import (
    chart_points,
    flags_of,
    history_of,
    rows_of,
    sentences_of,
)
from careplans.checkins.refusals import AlertMoved, AlertNotReady
from careplans.checkins.selectors import answer_of, course_of
from careplans.core.refusals import Refusal
from patients.presenters import patient_header


@require_safe
@requires(Permission.SEE_CLINICAL)
def alert_detail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read an alert; the look is noted."""
    return _show(request, _alert(request, pk))


@require_POST
@requires(Permission.EDIT_CLINICAL)
def alert_acknowledge(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take the alert on, with a note."""
    alert = _alert(request, pk)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _show(request, alert, acknowledge=form)
    try:
        acknowledge_alert(alert=alert, note=form.cleaned_data["note"], by=request.user, now=timezone.now())
    except AlertMoved as moved:
        return _show(request, alert, refused=moved, acknowledge=form)
    messages.success(request, _("Acknowledged. The alert is yours until you resolve it."))
    return redirect("alert-detail", pk=alert.pk)


@require_POST
@requires(Permission.EDIT_CLINICAL)
def alert_resolve(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Close the alert, with what came of it."""
    alert = _alert(request, pk)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return _show(request, alert, resolve=form)
    try:
        resolve_alert(
            alert=alert, resolution=form.cleaned_data["resolution"], by=request.user, now=timezone.now()
        )
    except (AlertNotReady, AlertMoved) as refused:
        return _show(request, alert, refused=refused, resolve=form)
    messages.success(request, _("Resolved."))
    return redirect("alert-detail", pk=alert.pk)


def _alert(request: StaffRequest, pk: UUID) -> Alert:
    alerts = Alert.objects.of(request.clinic).select_related(
        "clinic", "patient__clinic", "plan", "owner", "check_in__version", "acknowledged_by", "resolved_by"
    )
    return get_object_or_404(alerts, pk=pk)


def _show(
    request: StaffRequest,
    alert: Alert,
    *,
    refused: Refusal | None = None,
    acknowledge: AcknowledgeForm | None = None,
    resolve: ResolveForm | None = None,
) -> HttpResponse:
    """The page as the alert stands now. What was typed for a step it does not offer any more is shown to be copied."""
    now = note_look(request, action="alert.looked_at", subject=alert, patient_id=alert.patient_id)
    too_late = {Alert.State.OPEN: resolve, Alert.State.ACKNOWLEDGED: acknowledge}.get(
        Alert.State(alert.state), acknowledge or resolve
    )
    document, answer = alert.check_in.version.document, answer_of(alert.check_in)
    points = chart_points(course_of(alert.plan))
    today = now.astimezone(request.clinic.zone).date()
    context: dict[str, Any] = {
        "title": alert.patient.full_name,
        "alert": alert,
        "patient": patient_header(alert.patient, permissions=request.permissions, today=today),
        "sentences": sentences_of(alert, document, answer),
        "answer": answer,
        "flags": flags_of(answer, document) if answer else [],
        "rows": rows_of(answer, document) if answer else [],
        "points": points,
        "expected": expected_course(document.phases, points),
        "aim": aim_on(document.phases, alert.check_in.due_on),
        "phase_starts": [phase.starts_on for phase in document.phases],
        "history": history_of(alert),
        "others": alert.check_in.alerts.exclude(pk=alert.pk).order_by("tier"),
        "can_edit": Permission.EDIT_CLINICAL in request.permissions,
        "acknowledge_form": acknowledge or AcknowledgeForm(),
        "resolve_form": resolve or ResolveForm(),
        "refused": refused,
        "typed": next(iter(too_late), None) if too_late else None,
    }
    return render(request, "checkins/alert_detail.html", context, status=409 if refused else 200)
