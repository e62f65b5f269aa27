"""Between the session and the views: time-outs, second factor, and the clinic a person works in now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from careplans.accounts import sessions
from careplans.accounts.models import Membership
from careplans.accounts.permissions import permissions_of
from careplans.accounts.second_factor import has_second_factor

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Written at most this often: reading pages should not queue behind writers.
SEEN_EVERY_SECONDS = 30
CLEAR_AT_SIGN_OUT = '"cache", "storage"'
# Sent by a page that refreshes itself: nobody is there because of it. Whoever forges it only signs out sooner.
UNATTENDED = "X-Unattended"

# All a session without a second factor may open while the person has none yet.
SET_UP_PAGES = frozenset(
    {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "account_reauthenticate"}
)
SIGN_IN_PAGES = frozenset({"account_login", "account_logout"})


def idle_time_out(get_response: GetResponse) -> GetResponse:
    """Sign out whoever did nothing for ``IDLE_TIME_OUT``, or signed in ``SESSION_LIFE`` ago."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        ended = request.user.is_authenticated and _why_ended(request)
        if ended:
            who = str(request.user.pk)
            logout(request)
            request.session[sessions.ENDED_BECAUSE] = ended
            request.session[sessions.ENDED_FOR] = who
        response = get_response(request)
        if ended:
            response.headers["Clear-Site-Data"] = CLEAR_AT_SIGN_OUT
        return response

    return middleware


def _why_ended(request: HttpRequest) -> str:
    """``idle``, ``long`` or empty; notes that the person was seen."""
    now = timezone.now().timestamp()
    started = request.session.setdefault(sessions.SIGNED_IN_AT, now)
    seen = request.session.get(sessions.SEEN_AT, now)
    if now - seen > settings.IDLE_TIME_OUT.total_seconds():
        return "idle"
    if now - started > settings.SESSION_LIFE.total_seconds():
        return "long"
    is_due = sessions.SEEN_AT not in request.session or now - seen > SEEN_EVERY_SECONDS
    if is_due and UNATTENDED not in request.headers:
        request.session[sessions.SEEN_AT] = now
    return ""


def sign_in_whole_page(get_response: GetResponse) -> GetResponse:
    """A fragment that was asked for after the session ended must not put the sign-in form into a corner of a page."""

    def middleware(request: Any) -> HttpResponseBase:
        response = get_response(request)
        sign_in = reverse("account_login")
        is_sign_in = response.status_code == 302 and response.headers.get("Location", "").startswith(sign_in)
        if not (is_sign_in and request.htmx):
            return response
        where = request.htmx.current_url_abs_path or "/"
        whole = HttpResponse(status=204)
        whole.headers["HX-Redirect"] = f"{sign_in}?{urlencode({'next': where})}"
        return whole

    return middleware


def second_factor(get_response: GetResponse) -> GetResponse:
    """Outside the demo, a session that has not shown a second factor gets nowhere."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name
        if getattr(view, "is_public", False) or name in SIGN_IN_PAGES:
            return None
        if sessions.has_shown_second_factor(request.session):
            return None
        return _without_second_factor(request, name)

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django reads hooks off the middleware
    return middleware


def _without_second_factor(request: Any, view_name: str) -> HttpResponseBase | None:
    if has_second_factor(request.user):
        # Signed in before the factor was set up: whoever holds this session never showed it.
        logout(request)
        request.session[sessions.ENDED_BECAUSE] = "factor"
        return redirect("account_login")
    if view_name in SET_UP_PAGES:
        return None
    messages.info(
        request, _("Set up a second factor first: it keeps records safe if your password is stolen.")
    )
    return redirect("mfa_index")


def current_clinic(get_response: GetResponse) -> GetResponse:
    """Put ``clinic``, ``roles`` and ``permissions`` on the request, read anew so that a change counts at once."""

    def middleware(request: Any) -> HttpResponseBase:
        request.clinic, request.roles, request.permissions = None, frozenset(), frozenset()
        request.memberships = []
        if request.user.is_authenticated:
            request.memberships = _memberships(request)
            choose_clinic(request)
        # All moments on the pages of staff are told by the clinic's clocks.
        with timezone.override(request.clinic.zone if request.clinic else None):
            return get_response(request)

    return middleware


def _memberships(request: Any) -> list[Membership]:
    mine = Membership.objects.filter(user=request.user, ended_at=None).select_related("clinic")
    if not settings.DEMO:
        # The passwords of made-up staff were printed on a screen: outside the demo they open nothing.
        mine = mine.filter(clinic__is_demo=False)
    return list(mine.order_by("clinic__name", "clinic_id"))


def choose_clinic(request: Any) -> None:
    """The clinic the session says, else the first one; with it what the person may do there."""
    by_id = {str(membership.clinic_id): membership.clinic for membership in request.memberships}
    if not by_id:
        return
    wanted = request.session.get(sessions.CLINIC)
    chosen = wanted if wanted in by_id else next(iter(by_id))
    request.clinic = by_id[chosen]
    request.roles = frozenset(one.role for one in request.memberships if str(one.clinic_id) == chosen)
    request.permissions = permissions_of(request.roles)
