"""The patient's check-in: link, confirmation, two pages of questions, and what to do now.

Pages are shown by the cookie of the link that was opened last. What is sent belongs to the check-in its form names.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from careplans.checkins import doors
from careplans.checkins.form_names import ANSWER, FIELD, YEAR_FOR_CHECK_IN, name_form, read_name
from careplans.checkins.forms.answers import FirstPageForm, QuestionsForm, SecondPageForm, said_so_far
from careplans.checkins.models import CheckIn
from careplans.checkins.presenters import thanks_of
from careplans.checkins.questions import questions_of
from careplans.checkins.schedule import LINK_PURPOSE
from careplans.checkins.selectors import (
    answer_of,
    check_in_behind,
    check_in_for_patient,
    has_link_ended,
    newest_open,
)
from careplans.checkins.views.confirm import ask_for_year
from careplans.checkins.views.patient_page import link_closed, patient_page, show, without_referrer
from careplans.checkins.views.receive import is_open, receive, whose_form


@patient_page
@require_safe
def check_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the token for a cookie and an address without it; every link, good or bad, goes the same way."""
    check_in = check_in_behind(token)
    response = without_referrer(redirect("check-in"))
    if check_in is None:
        doors.forget_link(response, purpose=LINK_PURPOSE)
    else:
        doors.remember_link(response, purpose=LINK_PURPOSE, pk=check_in.pk)
    return response


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def check_in_confirm(request: HttpRequest) -> HttpResponse:
    """Year of birth, of the patient whose page was open when it was sent."""
    named = read_name(YEAR_FOR_CHECK_IN, request.POST.get(FIELD, ""))
    check_in = _current(named.pk) if named else _linked(request)
    if check_in is None:
        return link_closed(request)
    if _has_ended(check_in) or not (is_open(check_in) or check_in.state == CheckIn.State.ANSWERED):
        return _closed(request, check_in)
    door = doors.Door(
        about=f"check-in:{check_in.pk}",
        purpose=LINK_PURPOSE,
        pk=check_in.pk,
        form_name=name_form(YEAR_FOR_CHECK_IN, check_in.pk),
        patient=check_in.patient,
        clinic=check_in.clinic,
        language=check_in.version.document.language,
        leads_to=reverse("check-in"),
    )
    return ask_for_year(request, door)


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest) -> HttpResponse:
    """First page: red flags and pain. A raised flag is stored even when something else on the page is wrong."""
    return _page(request, FirstPageForm)


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def check_in_more(request: HttpRequest) -> HttpResponse:
    """Second page: the rest. Without the first one there is nothing to add to."""
    return _page(request, SecondPageForm)


def _page(request: HttpRequest, kind: type[QuestionsForm]) -> HttpResponse:
    """Take what was sent; show the page when nothing was, or when it has a mistake."""
    is_sent = request.method == "POST"
    row = whose_form(request) if is_sent else _linked(request)
    elsewhere = None if is_sent else _not_here(request, row)
    if elsewhere:
        return elsewhere
    with translation.override(row.version.document.language if row else None):
        if row and kind is SecondPageForm and _is_first_open(row):
            return redirect("check-in")
        form = _form(request, row, kind) if row else None
        response = receive(request, row, form) if is_sent else None
        if response or row is None or form is None:
            return response or link_closed(request)
        return _questions(request, row, form)


def _form(request: HttpRequest, row: CheckIn, kind: type[QuestionsForm]) -> QuestionsForm:
    questions = questions_of(row.version.document, row.due_on)
    said = said_so_far(answer_of(row)) if kind is FirstPageForm else {}
    return kind(questions, request.POST if request.method == "POST" else None, initial=said)


def _is_first_open(row: CheckIn) -> bool:
    answer = answer_of(row)
    return answer is None or answer.pain_now is None


def _questions(request: HttpRequest, row: CheckIn, form: QuestionsForm) -> HttpResponse:
    is_first = isinstance(form, FirstPageForm)
    context = {
        "form": form,
        "form_name": name_form(ANSWER, row.pk),
        "given_name": row.patient.given_name,
        "thanks": thanks_of(row) if form.is_bound and is_first else None,
    }
    template = "checkins/check_in.html" if is_first else "checkins/check_in_more.html"
    return show(request, template, context, clinic=row.clinic, language=row.version.document.language)


@patient_page
@require_safe
def check_in_thanks(request: HttpRequest) -> HttpResponse:
    """What to do now, what the clinic knows, and what is still open."""
    row = _linked(request)
    if row is None:
        return link_closed(request)
    if _has_ended(row):
        return _closed(request, row)
    if not doors.is_confirmed(request, row.patient):
        return redirect("check-in-confirm")
    thanks = thanks_of(row)
    if thanks is None:
        return redirect("check-in") if is_open(row) else _closed(request, row)
    context = {"thanks": thanks, "is_repeated": "again" in request.GET, "is_open": is_open(row)}
    language = row.version.document.language
    zone = row.patient.zone
    return show(
        request, "checkins/check_in_thanks.html", context, clinic=row.clinic, language=language, zone=zone
    )


def _linked(request: HttpRequest) -> CheckIn | None:
    """The check-in of the link that was opened last on this device."""
    pk = doors.linked(request, purpose=LINK_PURPOSE)
    return _current(pk) if pk else None


def _current(pk: UUID) -> CheckIn | None:
    """In place of a replaced one the plan's newest that is open."""
    row = check_in_for_patient(pk)
    now = timezone.now()
    if row is not None and row.state == CheckIn.State.MISSED and now < row.closes_at:
        return newest_open(row.plan, now) or row
    return row


def _not_here(request: HttpRequest, row: CheckIn | None) -> HttpResponse | None:
    """Where to go instead of the questions, if anywhere."""
    if row is None:
        return link_closed(request)
    if _has_ended(row):
        return _closed(request, row)
    is_confirmed = doors.is_confirmed(request, row.patient)
    if row.state == CheckIn.State.ANSWERED and is_confirmed:
        return redirect("check-in-thanks")
    if not is_open(row):
        return _closed(request, row)
    return None if is_confirmed else redirect("check-in-confirm")


def _has_ended(row: CheckIn) -> bool:
    return has_link_ended(row, timezone.now())


def _closed(request: HttpRequest, row: CheckIn) -> HttpResponse:
    language = row.version.document.language
    return link_closed(request, clinic=row.clinic, language=language, plan_id=row.plan_id)
