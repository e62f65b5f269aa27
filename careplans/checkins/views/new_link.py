"""A new link in place of one that has ended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from careplans.checkins.form_names import FIELD, NEW_LINK, read_name
from careplans.checkins.new_link import send_new_link
from careplans.checkins.views.patient_page import clinic_of_link, patient_page, show


@patient_page
@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """Send one to the address on record, if there is one; the page says the same whether or not."""
    named = read_name(NEW_LINK, request.POST.get(FIELD, ""))
    if named is not None and named.is_fresh:
        send_new_link(plan_id=named.pk, now=timezone.now())
    clinic, language = clinic_of_link(request)
    return show(request, "checkins/new_link_asked.html", {}, clinic=clinic, language=language)
