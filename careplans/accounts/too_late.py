"""A form that comes after its session ended is kept, and leads over the sign-in page back to whoever typed it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from careplans.accounts import sessions
from careplans.accounts.kept_forms import keep_form
from careplans.accounts.made_for import is_of_clinic
from careplans.accounts.middleware import GetResponse
from careplans.accounts.sent_form import sent_form
from careplans.core import views as core_views


def keep_late_form(get_response: GetResponse) -> GetResponse:
    """Stands before the middleware that sends strangers to the sign-in page, and after the check of the token."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        who = request.session.get(sessions.ENDED_FOR, "")
        if request.method != "POST" or request.user.is_authenticated or not _keep(request, who):
            return None
        return _lead(request, redirect_to_login(reverse("sent-again")).url)

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django reads hooks off the middleware
    return middleware


def csrf_failure(request: Any, reason: str = "") -> HttpResponseBase:
    """Signed in anew in another tab, the form here still has its old token. What one typed oneself is given back.

    Only where the browser itself says that the form came from a page of ours: nobody else can put words into it.
    """
    user = getattr(request, "user", None)
    who = str(user.pk) if user is not None and user.is_authenticated else ""
    if _is_from_our_page(request) and _keep(request, who):
        return _lead(request, reverse("sent-again"))
    return core_views.csrf_failure(request, reason)


def _keep(request: Any, who: str) -> bool:
    if not who or not is_of_clinic(request):
        return False
    form = sent_form(request)
    return form is not None and form.made_for.user_id == who and keep_form(request.session, form)


def _lead(request: Any, path: str) -> HttpResponse:
    """A part of a page cannot show another page: the browser is told to open it whole."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": path})
    return redirect(path)


def _is_from_our_page(request: HttpRequest) -> bool:
    ours = {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}
    return request.headers.get("Origin") in ours
