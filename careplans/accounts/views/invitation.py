"""What an invited person sees. The token is swapped for the session at the first GET and never shown again."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from careplans.accounts import selectors, services, sessions
from careplans.accounts.forms import AcceptForm
from careplans.accounts.models import Invitation, User
from careplans.core.public import public_page
from careplans.core.refusals import Refusal


@require_safe
@public_page
def invitation_open(request: HttpRequest, token: str) -> HttpResponseRedirect:
    """Only remembers the invitation: mail scanners open links too."""
    invitation = selectors.invitation_by_token(token, timezone.now())
    if invitation:
        request.session[sessions.INVITATION] = str(invitation.pk)
    else:
        request.session.pop(sessions.INVITATION, None)
    return redirect("invitation-accept")


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def invitation_accept(request: HttpRequest) -> HttpResponse:
    invitation = selectors.open_invitation(request.session.get(sessions.INVITATION, ""), timezone.now())
    if invitation is None:
        return _closed(request)
    if request.user.is_authenticated:
        return _for_signed_in(request, invitation, request.user)
    if selectors.account_of(invitation):
        context = {"title": _("You have an account already"), "clinic": invitation.clinic}
        return render(request, "accounts/invitation_sign_in.html", context)
    return _for_newcomer(request, invitation)


def _closed(request: HttpRequest) -> HttpResponse:
    """Unknown, used, withdrawn and too old look the same, so that nothing can be learned by trying."""
    return render(
        request, "accounts/invitation_closed.html", {"title": _("This link no longer works")}, status=410
    )


def _for_signed_in(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    if request.method == "POST":
        try:
            services.join_clinic(invitation=invitation, user=user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            request.session[sessions.CLINIC] = str(invitation.clinic_id)
            request.session.pop(sessions.INVITATION, None)
            return redirect("start")
    context = {
        "title": _("Join %(clinic)s") % {"clinic": invitation.clinic.name},
        "invitation": invitation,
        "is_right_person": user.email == invitation.email,
    }
    return render(request, "accounts/invitation_join.html", context)


def _for_newcomer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = AcceptForm(
        request.POST if request.method == "POST" else None,
        known_email=invitation.email,
        initial={"name": invitation.name},
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            user = services.accept_invitation(
                invitation=invitation,
                name=given["name"],
                email=given.get("email", ""),
                password=given["password"],
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            get_adapter(request).login(request, user)
            request.session.pop(sessions.INVITATION, None)
            return redirect("start")
    context = {"title": _("Welcome to Careplans"), "invitation": invitation, "form": form}
    return render(request, "accounts/invitation_accept.html", context)
