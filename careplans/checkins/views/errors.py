"""Error pages. Who ends on one from a patient's link reads what to do and whom to call; staff get the usual ones."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.context_processors import i18n
from django.template.loader import render_to_string
from django.utils import translation
from django.views import defaults

from careplans.checkins.views.patient_page import clinic_of_link, link_closed, show
from careplans.core.database_away import is_database_away, may_be_stored

# Also what is no address at all, such as a link that lost its end or took a bracket along.
PATIENT_PATHS = ("/c/", "/p/", "/check-in/", "/my-plan/")
RETRY_AFTER_SECONDS = 30


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
    # Django does not hand the error on, but calls this while it is handled.
    if is_database_away(sys.exception()):
        return _database_away(request)
    if not _is_for_patients(request):
        return defaults.server_error(request)
    return _without_clinic(request, "checkins/page_failed.html", {}, status=500)


def _database_away(request: HttpRequest) -> HttpResponse:
    """Nobody's mistake, and over in a moment: what became of that which was sent, and when to try again."""
    is_sent = request.method == "POST"
    context = {"is_sent": is_sent, "may_be_stored": is_sent and may_be_stored(request)}
    if _is_for_patients(request):
        response = _without_clinic(request, "checkins/records_away.html", context, status=503)
    elif "HX-Request" in request.headers:
        words = render_to_string("503.txt", context).strip()
        response = HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    else:
        response = HttpResponse(render_to_string("503.html", context | {"request": request}), status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _without_clinic(
    request: HttpRequest, template: str, context: dict[str, bool], *, status: int
) -> HttpResponse:
    """In the language the browser asks for: whose page this is stands in the database."""
    language = translation.get_language_from_request(request)
    with translation.override(language):
        page = render_to_string(template, context | i18n(request) | {"request": request, "clinic": None})
    return HttpResponse(page, status=status, headers={"Content-Language": language})


def _is_for_patients(request: HttpRequest) -> bool:
    return request.path_info.startswith(PATIENT_PATHS)
