"""What the patient's pages share: language, clinic, the safety text, and an honest page when a form is too old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation

from careplans.accounts.models import Clinic
from careplans.checkins import doors
from careplans.checkins.schedule import LINK_PURPOSE
from careplans.checkins.selectors import check_in_for_patient, newest_version, plan_of_version
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
    request: HttpRequest, *, clinic: Clinic | None = None, language: str = "", status: int = 404
) -> HttpResponse:
    """Unknown, expired and used links look alike; where the clinic is known its number is there too."""
    return show(request, "checkins/link_closed.html", {}, clinic=clinic, language=language, status=status)


def form_too_old(request: HttpRequest) -> HttpResponse:
    clinic, language = clinic_of_link(request)
    return show(request, "checkins/form_too_old.html", {}, clinic=clinic, language=language, status=403)


def clinic_of_link(request: HttpRequest) -> tuple[Clinic | None, str]:
    """Whom to call: the clinic whose link was opened on this device, and the language; nothing of the patient."""
    check_in_id = doors.linked(request, purpose=LINK_PURPOSE)
    check_in = check_in_for_patient(check_in_id) if check_in_id else None
    if check_in is not None:
        return check_in.clinic, check_in.version.document.language
    version_id = doors.linked(request, purpose=doors.PLAN_PURPOSE)
    plan = plan_of_version(version_id) if version_id else None
    return (plan.clinic, newest_version(plan).document.language) if plan else (None, "")


def without_referrer(response: HttpResponse) -> HttpResponse:
    """An address that holds a token is told to nobody, not even to our own next page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
