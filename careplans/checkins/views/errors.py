"""Error pages. Who ends on one from a patient's link reads what to do and whom to call; staff get the usual ones."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.views import defaults

from careplans.checkins.views.patient_page import clinic_of_link, link_closed, show

# Also what is no address at all, such as a link that lost its end or took a bracket along.
PATIENT_PATHS = ("/c/", "/p/", "/check-in/", "/my-plan/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Too long, too many fields, unreadable: nothing was stored, and a patient must not believe it was."""
    if not _is_for_patients(request):
        return defaults.bad_request(request, exception)
    clinic, language = clinic_of_link(request)
    if request.method != "POST":
        return link_closed(request, clinic=clinic, language=language, status=400)
    return show(request, "checkins/not_sent.html", {}, clinic=clinic, language=language, status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_for_patients(request):
        return defaults.page_not_found(request, exception)
    clinic, language = clinic_of_link(request)
    return link_closed(request, clinic=clinic, language=language)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Asks neither the database nor the session: either may be what failed."""
    if not _is_for_patients(request):
        return defaults.server_error(request)
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("checkins/page_failed.html", {"clinic": None}), status=500)


def _is_for_patients(request: HttpRequest) -> bool:
    return request.path_info.startswith(PATIENT_PATHS)
