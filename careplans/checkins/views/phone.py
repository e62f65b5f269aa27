"""A check-in by phone: staff ask the same questions and write the answers down."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.looks import note_look
from careplans.accounts.permissions import Permission
from careplans.checkins.answer import record_answer
from careplans.checkins.forms.answers import PhoneForm, said_so_far
from careplans.checkins.models import CheckIn
from careplans.checkins.questions import questions_of
from careplans.checkins.refusals import AlreadyAnswered, AnswerNotUsable, CheckInNotOpen
from careplans.checkins.selectors import answer_of
from patients.presenters import patient_header


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_CLINICAL)
def check_in_phone(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask on the phone. As on the patient's page, a raised flag is stored even if another field is wrong."""
    rows = CheckIn.objects.of(request.clinic).select_related("clinic", "patient__clinic", "plan", "version")
    check_in = get_object_or_404(rows, pk=pk)
    now = note_look(request, action="check_in.looked_at", subject=check_in, patient_id=check_in.patient_id)
    questions = questions_of(check_in.version.document, check_in.due_on)
    said = said_so_far(answer_of(check_in))
    form = PhoneForm(
        questions,
        request.POST if request.method == "POST" else None,
        initial=said,
        language=check_in.version.document.language,
    )
    if request.method == "POST" and (form.is_valid() or form.raised):
        _take(request, check_in, form, now)
        if form.is_valid():
            return _stored(request, check_in)
    answer = answer_of(check_in)
    stored = answer.raised_flags if answer and form.is_bound else ()
    context = {
        "title": _("Check-in by phone"),
        "form": form,
        "check_in": check_in,
        "patient": patient_header(
            check_in.patient,
            permissions=request.permissions,
            today=now.astimezone(request.clinic.zone).date(),
        ),
        "raised": [flag for flag in questions.red_flags if flag.code in stored and flag.code in form.raised],
        "alert": check_in.alerts.order_by("tier").first() if form.is_bound else None,
    }
    return render(request, "checkins/check_in_phone.html", context)


def _take(request: StaffRequest, check_in: CheckIn, form: PhoneForm, now: datetime) -> None:
    """Store what is usable; what was not stored becomes a mistake of the form, which keeps what was typed."""
    given = form.given(is_complete=True)
    try:
        answer = record_answer(check_in=check_in, given=given, taken_by=request.user, now=now)
    except (AlreadyAnswered, CheckInNotOpen, AnswerNotUsable) as refused:
        form.add_error(None, str(refused))
    else:
        if answer.additions.filter(said_at=now).exists():
            form.add_error(
                None,
                _(
                    "This check-in has been answered already. The red flags were added to that answer, with the pain"
                    " and the comment; nothing else of this form was stored."
                ),
            )


def _stored(request: StaffRequest, check_in: CheckIn) -> HttpResponse:
    alert = check_in.alerts.order_by("tier").first()
    messages.success(request, _("The answers are stored."))
    if alert is not None:
        return redirect("alert-detail", pk=alert.pk)
    return redirect("patient-detail", pk=check_in.patient_id)
