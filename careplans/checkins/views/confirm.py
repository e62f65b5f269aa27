"""The confirmation page behind both kinds of link."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from careplans.checkins.confirm import TooManyTries, confirm_year
from careplans.checkins.doors import Door, is_confirmed, remember_device, remember_link
from careplans.checkins.forms.confirm import YearOfBirthForm
from careplans.checkins.views.patient_page import show


def ask_for_year(request: HttpRequest, door: Door) -> HttpResponse:
    """Ask, and let in with the right year; nothing about the patient is shown before."""
    if is_confirmed(request, door.patient):
        return _through(door)
    form = YearOfBirthForm(request.POST if request.method == "POST" else None)
    with translation.override(door.language):
        status = 200
        if form.is_valid():
            try:
                if _is_right(request, door, form.cleaned_data["year"]):
                    response = _through(door)
                    remember_device(request, response, patient=door.patient)
                    return response
                form.add_error("year", _("That is not the year we have. Please check it."))
            except TooManyTries:
                form.add_error(None, _("Too many tries. Please wait an hour, or call your clinic."))
                status = 429
        return show(
            request,
            "checkins/year_confirm.html",
            {"form": form, "form_name": door.form_name},
            clinic=door.clinic,
            language=door.language,
            status=status,
        )


def _through(door: Door) -> HttpResponse:
    """To what lies behind, which the cookie names anew: another link may have been opened beside this page."""
    response = redirect(door.leads_to)
    remember_link(response, purpose=door.purpose, pk=door.pk)
    return response


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
