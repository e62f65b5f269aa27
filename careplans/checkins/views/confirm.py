"""The confirmation page behind both kinds of link."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from careplans.checkins.confirm import TooManyTries, confirm_year
from careplans.checkins.doors import Door, is_confirmed, remember_device
from careplans.checkins.forms.confirm import YearOfBirthForm
from careplans.checkins.views.patient_page import show


def ask_for_year(request: HttpRequest, door: Door) -> HttpResponse:
    """Ask, and let in with the right year; nothing about the patient is shown before."""
    if is_confirmed(request, door.patient):
        return redirect(door.leads_to)
    form = YearOfBirthForm(request.POST if request.method == "POST" else None)
    with translation.override(door.language):
        status = 200
        if form.is_valid():
            try:
                if _is_right(request, door, form.cleaned_data["year"]):
                    response = redirect(door.leads_to)
                    remember_device(response, patient=door.patient)
                    return response
                form.add_error("year", _("That is not the year we have. Please check it."))
            except TooManyTries:
                form.add_error(None, _("Too many tries. Please wait an hour, or call your clinic."))
                status = 429
        return show(
            request,
            "checkins/year_confirm.html",
            {"form": form},
            clinic=door.clinic,
            language=door.language,
            status=status,
        )


def _is_right(request: HttpRequest, door: Door, year: int) -> bool:
    return confirm_year(
        patient=door.patient, year=year, about=door.about, address=_address(request), now=timezone.now()
    )


def _address(request: HttpRequest) -> str:
    """Where the request comes from; empty behind a server that does not say, which must not lock patients out."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
