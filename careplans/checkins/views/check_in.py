"""The patient's check-in: link, confirmation, two pages of questions, and what to do now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from careplans.checkins import doors
from careplans.checkins.answer import record_answer
from careplans.checkins.forms.answers import FirstPageForm, QuestionsForm, SecondPageForm, said_so_far
from careplans.checkins.models import CheckIn
from careplans.checkins.presenters import thanks_of
from careplans.checkins.questions import questions_of
from careplans.checkins.refusals import AlreadyAnswered, CheckInNotOpen
from careplans.checkins.schedule import LINK_PURPOSE
from careplans.checkins.selectors import answer_of, check_in_behind, check_in_for_patient, newest_open
from careplans.checkins.views.confirm import ask_for_year
from careplans.checkins.views.patient_page import link_closed, patient_page, show, without_referrer


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
    """Year of birth."""
    check_in = _linked(request)
    if check_in is None:
        return link_closed(request)
    if not _is_open(check_in) and check_in.state != CheckIn.State.ANSWERED:
        return _closed(request, check_in)
    door = doors.Door(
        about=f"check-in:{check_in.pk}",
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
    row = _linked(request)
    elsewhere = _not_here(request, row)
    if row is None or elsewhere:
        return elsewhere or link_closed(request)
    questions, language = questions_of(row.version.document, row.due_on), row.version.document.language
    with translation.override(language):
        said = said_so_far(answer_of(row))
        form = FirstPageForm(questions, request.POST if request.method == "POST" else None, initial=said)
        if request.method == "POST" and (form.is_valid() or form.raised):
            refused = _store(request, row, form, is_complete=False)
            if refused or form.is_valid():
                return refused or redirect("check-in-thanks" if form.raised else "check-in-more")
        context = {"form": form, "thanks": thanks_of(row) if form.is_bound else None}
        return show(request, "checkins/check_in.html", context, clinic=row.clinic, language=language)


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def check_in_more(request: HttpRequest) -> HttpResponse:
    """Second page: the rest. Without the first one there is nothing to add to."""
    row = _linked(request)
    elsewhere = _not_here(request, row)
    if row is None or elsewhere:
        return elsewhere or link_closed(request)
    answer = answer_of(row)
    if answer is None or answer.pain_now is None:
        return redirect("check-in")
    questions, language = questions_of(row.version.document, row.due_on), row.version.document.language
    with translation.override(language):
        form = SecondPageForm(questions, request.POST if request.method == "POST" else None)
        if form.is_valid():
            return _store(request, row, form, is_complete=True) or redirect("check-in-thanks")
        return show(
            request, "checkins/check_in_more.html", {"form": form}, clinic=row.clinic, language=language
        )


@patient_page
@require_safe
def check_in_thanks(request: HttpRequest) -> HttpResponse:
    """What to do now, what the clinic knows, and what is still open."""
    row = _linked(request)
    if row is None:
        return link_closed(request)
    if not doors.is_confirmed(request, row.patient):
        return redirect("check-in-confirm")
    thanks = thanks_of(row)
    if thanks is None:
        return redirect("check-in") if _is_open(row) else _closed(request, row)
    context = {"thanks": thanks, "is_repeated": "again" in request.GET, "is_open": _is_open(row)}
    language = row.version.document.language
    zone = row.patient.zone
    return show(
        request, "checkins/check_in_thanks.html", context, clinic=row.clinic, language=language, zone=zone
    )


def _linked(request: HttpRequest) -> CheckIn | None:
    """The check-in of the link on this device; in place of a replaced one the plan's newest that is open."""
    pk = doors.linked(request, purpose=LINK_PURPOSE)
    row = check_in_for_patient(pk) if pk else None
    now = timezone.now()
    if row is not None and row.state == CheckIn.State.MISSED and now < row.closes_at:
        return newest_open(row.plan, now) or row
    return row


def _is_open(row: CheckIn) -> bool:
    return row.state == CheckIn.State.ASKED and timezone.now() < row.closes_at


def _not_here(request: HttpRequest, row: CheckIn | None) -> HttpResponse | None:
    """Where to go instead of the questions, if anywhere."""
    if row is None:
        return link_closed(request)
    is_confirmed = doors.is_confirmed(request, row.patient)
    if row.state == CheckIn.State.ANSWERED and is_confirmed:
        is_sent_again = request.method == "POST"
        return redirect(reverse("check-in-thanks") + ("?again" if is_sent_again else ""))
    if not _is_open(row):
        return _closed(request, row)
    return None if is_confirmed else redirect("check-in-confirm")


def _closed(request: HttpRequest, row: CheckIn) -> HttpResponse:
    return link_closed(request, clinic=row.clinic, language=row.version.document.language)


def _store(
    request: HttpRequest, row: CheckIn, form: QuestionsForm, *, is_complete: bool
) -> HttpResponse | None:
    """Record what is usable; a response when it came too late."""
    try:
        record_answer(check_in=row, given=form.given(is_complete=is_complete), now=timezone.now())
    except AlreadyAnswered:
        return redirect(reverse("check-in-thanks") + "?again")
    except CheckInNotOpen:
        return _closed(request, row)
    return None
