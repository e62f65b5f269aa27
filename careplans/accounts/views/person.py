"""The signed-in person's own page, and leaving."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account_views
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn_views
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from careplans.accounts import selectors, services
from careplans.accounts.authorise import StaffRequest, any_staff
from careplans.accounts.middleware import CLEAR_AT_SIGN_OUT
from careplans.accounts.permissions import Permission
from careplans.accounts.second_factor import has_second_factor, may_remove

# Where each kind of staff begins the day; the first they may open.
FIRST_PAGES = (
    (Permission.SEE_WORKLIST, "worklist"),
    (Permission.EDIT_LIBRARY, "library"),
    (Permission.REVIEW_LIBRARY, "library"),
    (Permission.MANAGE_STAFF, "staff-list"),
)


@require_safe
@any_staff
def start(request: StaffRequest) -> HttpResponseRedirect:
    """The bare address, and after signing in: each role's own first page. Not everybody has a worklist."""
    names = (name for permission, name in FIRST_PAGES if permission in request.permissions)
    return redirect(next(names, "account"))


@require_safe
@any_staff
def person(request: StaffRequest) -> HttpResponse:
    context = {
        "title": _("Your account"),
        "has_second_factor": has_second_factor(request.user),
        "clinics": selectors.clinics_by_roles(request.memberships),
    }
    return render(request, "accounts/person.html", context)


@require_POST
@any_staff
def person_sign_out_elsewhere(request: StaffRequest) -> HttpResponseRedirect:
    services.end_sessions(user=request.user, by=request.user, now=timezone.now())
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account")


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """allauth's, and the browser forgets what it kept of the pages."""
    was_signed_in = request.user.is_authenticated
    response: HttpResponseBase = account_views.logout(request)
    if was_signed_in and request.method == "POST":
        response.headers["Clear-Site-Data"] = CLEAR_AT_SIGN_OUT
    return response


sign_out.login_required = False  # type: ignore[attr-defined]  # as allauth's own: whoever is not signed in is done


def key_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """allauth's, but not the last factor where one is required."""
    user: Any = request.user
    key = get_object_or_404(Authenticator, pk=pk, user=user, type=Authenticator.Type.WEBAUTHN)
    if not may_remove(key):
        messages.error(request, _("This is your only second factor. Add another one first."))
        return redirect("mfa_list_webauthn")
    response: HttpResponseBase = webauthn_views.remove_webauthn(request, pk=pk)
    return response
