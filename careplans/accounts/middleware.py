"""Between the session and the views: idle time-out, second factor, and the clinic a person works in now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.accounts.models import Membership
from careplans.accounts.permissions import permissions_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]
CLINIC_SESSION_KEY = "clinic_id"


def idle_time_out(get_response: GetResponse) -> GetResponse:
    """Sign out whoever did nothing for ``IDLE_TIME_OUT``, or signed in ``SESSION_LIFE`` ago."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            started = request.session.setdefault("signed_in_at", now)
            idle = now - request.session.get("seen_at", now)
            if idle > settings.IDLE_TIME_OUT.total_seconds() or now - started > settings.SESSION_LIFE.total_seconds():
                logout(request)
                request.session["signed_out_because"] = "idle"
            elif now - request.session.get("seen_at", 0) > 30:
                # Written at most every half minute: reading pages should not queue behind writers.
                request.session["seen_at"] = now
        return get_response(request)

    return middleware


def second_factor(get_response: GetResponse) -> GetResponse:
    """Outside the demo, nobody gets past the sign-in pages without a second factor."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name.startswith(("mfa_", "account_")) or getattr(view, "is_public", False):
            return None
        if is_mfa_enabled(request.user):
            return None
        messages.info(request, _("Set up a second factor first: it keeps patients' records safe if your password is stolen."))
        return redirect("mfa_index")

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django reads hooks off the middleware
    return middleware


def current_clinic(get_response: GetResponse) -> GetResponse:
    """Put ``clinic``, ``roles`` and ``permissions`` on the request, read anew so that a change counts at once."""

    def middleware(request: Any) -> HttpResponseBase:
        request.clinic, request.roles, request.permissions = None, frozenset(), frozenset()
        request.memberships = []
        if request.user.is_authenticated:
            request.memberships = list(Membership.objects.active().filter(user=request.user).select_related("clinic"))
            _choose_clinic(request)
        response: HttpResponse = get_response(request)  # type: ignore[assignment]
        return response

    return middleware


def _choose_clinic(request: Any) -> None:
    wanted = request.session.get(CLINIC_SESSION_KEY)
    by_clinic = {str(membership.clinic_id): membership.clinic for membership in request.memberships}
    if not by_clinic:
        return
    chosen = wanted if wanted in by_clinic else min(by_clinic)
    request.clinic = by_clinic[chosen]
    request.roles = frozenset(m.role for m in request.memberships if str(m.clinic_id) == chosen)
    request.permissions = permissions_of(request.roles)
