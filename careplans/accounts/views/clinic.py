"""The clinic's settings, and changing over to another clinic one works in."""

from __future__ import annotations

import copy

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from careplans.accounts import selectors, services, sessions
from careplans.accounts.authorise import StaffRequest, any_staff, requires
from careplans.accounts.forms import ClinicForm
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal, StaleChange


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_CLINIC)
def clinic_settings(request: StaffRequest) -> HttpResponse:
    # A copy: what is typed must not show in the frame of the page before it is saved.
    form = ClinicForm(
        request.POST if request.method == "POST" else None,
        instance=copy.copy(request.clinic),
        clinic=request.clinic,
    )
    if form.is_valid():
        try:
            services.change_clinic(
                clinic=request.clinic,
                version=form.cleaned_data["version"],
                fields=form.cleaned_data,
                by=request.user,
                now=timezone.now(),
            )
        except StaleChange:
            return _overtaken(request, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The settings are saved and count from now on."))
            return redirect("clinic-settings")
    return render(request, "accounts/clinic_settings.html", {"title": _("Clinic"), "form": form})


def _overtaken(request: StaffRequest, form: ClinicForm) -> HttpResponse:
    """Keep what was typed, say what stands there now, and let a second press save over it knowingly."""
    context = {
        "title": _("Clinic"),
        "form": ClinicForm(
            initial={**form.cleaned_data, "version": request.clinic.version},
            instance=copy.copy(request.clinic),
            clinic=request.clinic,
        ),
        "overtaken": selectors.differences(request.clinic, form.cleaned_data),
    }
    return render(request, "accounts/clinic_settings.html", context, status=409)


@require_POST
@any_staff
def clinic_switch(request: StaffRequest) -> HttpResponseRedirect:
    wanted = request.POST.get("clinic", "")
    if wanted not in {str(membership.clinic_id) for membership in request.memberships}:
        raise Http404
    request.session[sessions.CLINIC] = wanted
    return redirect("start")
