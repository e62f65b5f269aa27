"""Who works here: inviting, roles, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careplans.accounts import selectors, services
from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.forms import InviteForm, LanguagesForm, RolesForm
from careplans.accounts.limits import at_most
from careplans.accounts.models import Invitation, Membership
from careplans.accounts.permissions import Permission, Role
from careplans.accounts.qualified import languages_of, may_name
from careplans.accounts.refusals import LanguagesChanged, RolesChanged
from careplans.core.once import once
from careplans.core.refusals import Refusal


@require_safe
@requires(Permission.MANAGE_STAFF)
def staff_list(request: StaffRequest) -> HttpResponse:
    context = {
        "title": _("Staff"),
        "rows": selectors.staff_rows(request.clinic),
        "invitations": selectors.invitation_rows(request.clinic, timezone.now()),
        "me": request.user,
    }
    return render(request, "accounts/staff_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_STAFF)
@at_most(40, each=timedelta(hours=1), only_sent=True)
@once
def staff_invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.invite_staff(
                clinic=request.clinic,
                email=given["email"],
                name=given["name"],
                role=Role(given["role"]),
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is invited. The link works for 72 hours.") % given)
            return redirect("staff-list")
    context = {
        "title": _("Invite somebody"),
        "form": form,
        "submit_label": _("Send the invitation"),
        "cancel_url": reverse("staff-list"),
    }
    return render(request, "accounts/staff_invite.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_STAFF)
def staff_roles(request: StaffRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(selectors.people_of(request.clinic), pk=pk)
    form = _roles_form(request, selectors.roles_of(request.clinic, person))
    overtaken = ""
    if form.is_valid():
        given = form.cleaned_data
        roles = [Role(role) for role in given["roles"]]
        try:
            services.change_roles(
                clinic=request.clinic,
                user=person,
                seen=given["before"],
                roles=roles,
                by=request.user,
                now=timezone.now(),
            )
        except RolesChanged as refusal:
            form, overtaken = _roles_form(request, refusal.now, ticked=roles), str(refusal)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s has new roles from now on.") % {"name": person.name})
            return redirect("staff-list")
    context = {
        "title": person.name,
        "person": person,
        "form": form,
        "overtaken": overtaken,
        "cancel_url": reverse("staff-list"),
    }
    return render(request, "accounts/staff_roles.html", context, status=409 if overtaken else 200)


def _roles_form(
    request: StaffRequest, standing: Sequence[str], *, ticked: Sequence[str] | None = None
) -> RolesForm:
    """The form at the roles that stand now; with ``ticked``, once more after somebody else was faster."""
    is_sent = request.method == "POST" and ticked is None
    initial = {"before": " ".join(sorted(standing)), "roles": standing if ticked is None else ticked}
    return RolesForm(request.POST if is_sent else None, initial=initial)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_STAFF)
def staff_languages(request: StaffRequest, pk: UUID) -> HttpResponse:
    """In which languages a reviewer may approve translations."""
    person = get_object_or_404(selectors.reviewers_of(request.clinic), pk=pk)
    form = _languages_form(request, languages_of(request.clinic, person))
    overtaken = ""
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.set_languages(
                clinic=request.clinic,
                user=person,
                seen=given["before"],
                languages=given["languages"],
                by=request.user,
                now=timezone.now(),
            )
        except LanguagesChanged as refusal:
            form = _languages_form(request, refusal.now, ticked=given["languages"])
            overtaken = str(refusal)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. It counts from now on, for what is approved next."))
            return redirect("staff-list")
    context = {
        "title": _("Languages of %(name)s") % {"name": person.name},
        "person": person,
        "is_self": person == request.user,
        "may_name": may_name(clinic=request.clinic, user=person, by=request.user),
        "form": form,
        "overtaken": overtaken,
        "cancel_url": reverse("staff-list"),
    }
    return render(request, "accounts/staff_languages.html", context, status=409 if overtaken else 200)


def _languages_form(
    request: StaffRequest, standing: Sequence[str], *, ticked: Sequence[str] | None = None
) -> LanguagesForm:
    """As with roles."""
    is_sent = request.method == "POST" and ticked is None
    initial = {"before": " ".join(sorted(standing)), "languages": standing if ticked is None else ticked}
    return LanguagesForm(request.POST if is_sent else None, initial=initial)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_STAFF)
def staff_leave(request: StaffRequest, pk: UUID) -> HttpResponse:
    membership = get_object_or_404(
        Membership.objects.of(request.clinic).active().select_related("user"), pk=pk
    )
    if request.method == "POST":
        try:
            services.end_membership(membership=membership, by=request.user, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("%(name)s can no longer sign in here.") % {"name": membership.user.name}
            )
        return redirect("staff-list")
    context = {
        "title": _("End the access of %(name)s?") % {"name": membership.user.name},
        "confirm_label": _("End access"),
        "cancel_url": reverse("staff-list"),
        "is_grave": True,
    }
    return render(request, "accounts/staff_leave.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_STAFF)
def staff_second_factor(request: StaffRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(selectors.people_of(request.clinic), pk=pk)
    if request.method == "POST":
        try:
            services.reset_second_factor(
                user=person, clinic=request.clinic, by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            text = _("%(name)s is signed out and sets up a new second factor at the next sign-in.")
            messages.success(request, text % {"name": person.name})
        return redirect("staff-list")
    context = {
        "title": _("New second factor for %(name)s?") % {"name": person.name},
        "confirm_label": _("Remove the lost one"),
        "cancel_url": reverse("staff-list"),
        "is_grave": True,
    }
    return render(request, "accounts/staff_second_factor.html", context)


@require_POST
@requires(Permission.MANAGE_STAFF)
def invitation_withdraw(request: StaffRequest, pk: UUID) -> HttpResponseRedirect:
    invitation = get_object_or_404(Invitation.objects.of(request.clinic), pk=pk)
    try:
        services.withdraw_invitation(invitation=invitation, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect("staff-list")
