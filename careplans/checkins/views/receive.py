"""Taking what a patient sent. It belongs to the check-in its form names, whatever link was opened since.

Nothing of it ends silently: it is stored, or the page says that it was not and what to do for the signs it named.
"""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from careplans.checkins import doors
from careplans.checkins.answer import record_answer
from careplans.checkins.form_names import ANSWER, FIELD, Named, read_name
from careplans.checkins.forms.answers import QuestionsForm, SecondPageForm
from careplans.checkins.models import CheckIn
from careplans.checkins.presenters import flags_named, thanks_of
from careplans.checkins.refusals import AlreadyAnswered, CheckInNotOpen
from careplans.checkins.schedule import LINK_PURPOSE
from careplans.checkins.selectors import check_in_for_patient, has_link_ended, newest_open
from careplans.checkins.told import what_clinic_knows
from careplans.checkins.views.patient_page import not_stored, show


def whose_form(request: HttpRequest) -> CheckIn | None:
    """The check-in the sent form was made for; None when its name is not ours or too old."""
    named = _name_in(request)
    return check_in_for_patient(named.pk) if named and named.is_fresh else None


def receive(request: HttpRequest, row: CheckIn | None, form: QuestionsForm | None) -> HttpResponse | None:
    """Store what is usable of ``form`` for ``row``; None to show the page again with its mistakes."""
    if row is None or form is None:
        named = _name_in(request)
        known = check_in_for_patient(named.pk) if named else None
        return not_stored(request, check_in=known, status=400)
    if not form.is_valid() and not form.raised:
        return _with_mistakes(request, row, form)
    try:
        is_complete = isinstance(form, SecondPageForm)
        record_answer(check_in=row, given=form.given(is_complete=is_complete), now=timezone.now())
    except AlreadyAnswered:
        return _thanks(request, row, form, is_repeated=True)
    except CheckInNotOpen:
        return _over(request, row)
    row.refresh_from_db(fields=["state"])
    if form.errors and is_open(row) and doors.is_confirmed(request, row.patient):
        return None
    if form.raised or is_complete or form.errors:
        return _thanks(request, row, form)
    return _lead(redirect("check-in-more"), row)


def is_open(row: CheckIn) -> bool:
    return row.state == CheckIn.State.ASKED and timezone.now() < row.closes_at


def _name_in(request: HttpRequest) -> Named | None:
    return read_name(ANSWER, request.POST.get(FIELD, ""))


def _with_mistakes(request: HttpRequest, row: CheckIn, form: QuestionsForm) -> HttpResponse | None:
    if row.state == CheckIn.State.ANSWERED:
        return _thanks(request, row, form, is_repeated=True)
    if not is_open(row):
        return _over(request, row)
    is_confirmed = doors.is_confirmed(request, row.patient)
    return None if is_confirmed else not_stored(request, check_in=row, status=400)


def _over(request: HttpRequest, row: CheckIn) -> HttpResponse:
    """Closed, called back or replaced, and nothing in it that would be taken all the same."""
    newer = newest_open(row.plan, timezone.now())
    response = not_stored(request, check_in=row, newer=newer, is_over=True, status=409)
    return _lead(response, newer) if newer else response


def _thanks(
    request: HttpRequest, row: CheckIn, form: QuestionsForm, *, is_repeated: bool = False
) -> HttpResponse:
    row.refresh_from_db(fields=["settled_at"])
    if doors.is_confirmed(request, row.patient) and not has_link_ended(row, timezone.now()):
        return _lead(redirect(reverse("check-in-thanks") + ("?again" if is_repeated else "")), row)
    # The device has forgotten who was let in, or the link has ended. What to do now cannot wait for a year of birth; of what was said
    # before nothing is shown.
    flags = flags_named(row.version.document, form.raised)
    stored = thanks_of(row)
    thanks = stored and replace(
        stored, raised=flags, told=what_clinic_knows(row) if flags else None, wants_call=False
    )
    context = {"thanks": thanks, "is_repeated": is_repeated, "is_open": is_open(row)}
    return show(
        request,
        "checkins/check_in_thanks.html",
        context,
        clinic=row.clinic,
        language=row.version.document.language,
        zone=row.patient.zone,
    )


def _lead(response: HttpResponse, row: CheckIn) -> HttpResponse:
    """What is shown next on this device is about this check-in."""
    doors.remember_link(response, purpose=LINK_PURPOSE, pk=row.pk)
    return response
