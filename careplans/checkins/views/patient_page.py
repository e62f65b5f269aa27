"""What the patient's pages share: language, clinic, the safety text, and an honest page when a form is too old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone, translation

from careplans.accounts.models import Clinic
from careplans.checkins import doors
from careplans.checkins.form_names import NEW_LINK, name_form
from careplans.checkins.forms.fields import FLAG, YES
from careplans.checkins.models import CheckIn
from careplans.checkins.presenters import ActNow, flags_named
from careplans.checkins.schedule import LINK_PURPOSE
from careplans.checkins.selectors import check_in_for_patient, newest_version, plan_of_version
from careplans.checkins.told import Told
from careplans.core.public import public_page

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def patient_page(view: View) -> View:
    """A page without sign-in whose failed form check is told to the patient in plain words, with the numbers to call."""
    public = public_page(view)
    public.on_csrf_failure = form_too_old  # type: ignore[attr-defined]  # read by core.views.csrf_failure
    return public


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    clinic: Clinic | None,
    language: str = "",
    zone: ZoneInfo | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render in the patient's language and by their clocks, with the clinic's numbers."""
    # Behind a link that leads nowhere nobody knows the patient, only what their browser asks for.
    language = language or translation.get_language_from_request(request)
    with translation.override(language), timezone.override(zone):
        response = render(request, template, context | {"clinic": clinic}, status=status)
    response.headers["Content-Language"] = language
    return response


def link_closed(
    request: HttpRequest,
    *,
    clinic: Clinic | None = None,
    language: str = "",
    plan_id: UUID | None = None,
    status: int = 404,
) -> HttpResponse:
    """Unknown, expired and used links look alike; where the clinic is known its number is there too.

    All offer a new link by mail. Where no plan is known the form names none that exists, and brings none.
    """
    context = {"form_name": name_form(NEW_LINK, plan_id or _plan_of_link(request) or uuid4())}
    return show(
        request, "checkins/link_closed.html", context, clinic=clinic, language=language, status=status
    )


def form_too_old(request: HttpRequest) -> HttpResponse:
    return not_stored(request, status=403)


def not_stored(
    request: HttpRequest,
    *,
    check_in: CheckIn | None = None,
    newer: CheckIn | None = None,
    is_over: bool = False,
    status: int,
) -> HttpResponse:
    """Nothing of a form was stored: say so, and what to do now for exactly the red flags it raised.

    ``check_in`` is whose form it was, where that is certain; else only who was let in here reads about their own
    signs. ``is_over`` for questions that are closed, ``newer`` for those that replaced them.
    """
    check_in = check_in or _let_in_here(request)
    clinic, language = _of(check_in) if check_in else clinic_of_link(request)
    codes = raised_in(request)
    known = flags_named(check_in.version.document, codes) if check_in else ()
    context = {
        "act_now": ActNow(known, Told.NOT_STORED) if codes else None,
        "is_over": is_over,
        "newer": newer,
    }
    return show(
        request, "checkins/form_not_stored.html", context, clinic=clinic, language=language, status=status
    )


def raised_in(request: HttpRequest) -> frozenset[str]:
    """Codes of the red flags a form answers yes, also where it can be taken for nobody's."""
    try:
        sent = request.POST.items()
    except (UnreadablePostError, SuspiciousOperation):
        return frozenset()
    return frozenset(name.removeprefix(FLAG) for name, said in sent if name.startswith(FLAG) and said == YES)


def _let_in_here(request: HttpRequest) -> CheckIn | None:
    pk = doors.linked(request, purpose=LINK_PURPOSE)
    check_in = check_in_for_patient(pk) if pk else None
    return check_in if check_in and doors.is_confirmed(request, check_in.patient) else None


def _of(check_in: CheckIn) -> tuple[Clinic, str]:
    return check_in.clinic, check_in.version.document.language


def clinic_of_link(request: HttpRequest) -> tuple[Clinic | None, str]:
    """Whom to call: the clinic whose link was opened on this device, and the language; nothing of the patient."""
    check_in_id = doors.linked(request, purpose=LINK_PURPOSE)
    check_in = check_in_for_patient(check_in_id) if check_in_id else None
    if check_in is not None:
        return _of(check_in)
    version_id = doors.linked(request, purpose=doors.PLAN_PURPOSE)
    plan = plan_of_version(version_id) if version_id else None
    return (plan.clinic, newest_version(plan).document.language) if plan else (None, "")


def _plan_of_link(request: HttpRequest) -> UUID | None:
    check_in_id = doors.linked(request, purpose=LINK_PURPOSE)
    check_in = check_in_for_patient(check_in_id) if check_in_id else None
    version_id = doors.linked(request, purpose=doors.PLAN_PURPOSE)
    plan = plan_of_version(version_id) if version_id and check_in is None else None
    return check_in.plan_id if check_in else plan.pk if plan else None


def without_referrer(response: HttpResponse) -> HttpResponse:
    """An address that holds a token is told to nobody, not even to our own next page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
