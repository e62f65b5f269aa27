"""Trying the product out: the demo clinic need not wait for the day of a check-in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.checkins.ask import ask_now
from careplans.checkins.models import CheckIn
from careplans.checkins.refusals import CheckInNotOpen
from careplans.outbox.deliver import deliver_due


@require_POST
@requires(Permission.EDIT_CLINICAL)
def check_in_send_now(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask a planned check-in at once; only in the demo clinic."""
    if not request.clinic.is_demo:
        raise Http404
    check_in = get_object_or_404(CheckIn.objects.of(request.clinic), pk=pk)
    try:
        asked = ask_now(check_in=check_in, by=request.user, now=timezone.now())
    except CheckInNotOpen as refused:
        messages.error(request, str(refused))
        return redirect("patient-detail", pk=check_in.patient_id)
    if asked.channel == CheckIn.Channel.EMAIL:
        deliver_due(now=timezone.now())
        messages.success(request, _("The check-in goes out now. You can read the e-mail under Messages."))
    else:
        messages.warning(
            request, _("No e-mail can be sent to this patient. The check-in is on the phone list.")
        )
    return redirect("patient-detail", pk=check_in.patient_id)
