"""What was sent, what became of it, and the mail as its reader sees it."""

from __future__ import annotations

from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.looks import note_look
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.outbox.models import Message, MessageQuerySet
from careplans.outbox.presenters import FATES, ShownMail, fate_of, message_row, shown_mail, states_of
from careplans.outbox.retry import can_retry, retry_message
from careplans.outbox.selectors import fates_of, patient_filter

PAGE_SIZE = 50
# The mail's own page: nothing runs in it, nothing is loaded, and only our own page may frame it. Its links open
# outside of the sandbox, so that the person who tries the demo can follow them.
MAIL_POLICY = {
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
}


@require_safe
@requires(Permission.SEE_MESSAGES)
def message_list(request: StaffRequest) -> HttpResponse:
    """All messages of the clinic, newest first; by fate, or of one patient."""
    fate = request.GET.get("fate", "")
    patient_id = patient_filter(request.GET.get("patient", ""))
    found = _readable(request)
    if patient_id:
        found = found.filter(patient_id=patient_id)
    if states := states_of(fate):
        found = found.filter(state__in=states)
    page = Paginator(found.order_by("-created_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    if patient_id and page.object_list:  # an id without messages here may be of another clinic
        note_look(request, action="patient.messages_looked_at", subject=request.clinic, patient_id=patient_id)
    context = {
        "title": _("Messages"),
        "rows": [message_row(message) for message in page],
        "page_obj": page,
        "fates": FATES.values(),
        "fate": fate if states else "",
        "patient_id": patient_id,
        "counts": fates_of(request.clinic),
    }
    return render(request, "outbox/message_list.html", context)


@csp_update({"frame-src": [SELF]})
@require_safe
@requires(Permission.SEE_MESSAGES)
def message_detail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One message as its reader sees it, with each try to deliver it."""
    message = _message_of(request, pk)
    now = note_look(request, action="message.read", subject=message, patient_id=message.patient_id)
    context = {
        "title": message.subject,
        "message": message,
        "fate": fate_of(message),
        "row": message_row(message),
        "mail": _shown(request, message),
        "tries": message.tries.order_by("started_at"),
        "can_retry": Permission.EDIT_PATIENTS in request.permissions and can_retry(message, now),
    }
    return render(request, "outbox/message_detail.html", context)


@csp(MAIL_POLICY)
@xframe_options_sameorigin
@require_safe
@requires(Permission.SEE_MESSAGES)
def message_html(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The HTML part alone, for the frame on the message's page."""
    message = _message_of(request, pk)
    html = _shown(request, message).html
    if not html:
        raise Http404
    note_look(request, action="message.read", subject=message, patient_id=message.patient_id)
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


@require_POST
@requires(Permission.EDIT_PATIENTS)
def message_retry(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Send once more what could not be sent, or whose outcome is unknown."""
    message = _message_of(request, pk)
    try:
        retry_message(message=message, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The message is queued again."))
    return redirect("message-detail", pk=pk)


def _shown(request: StaffRequest, message: Message) -> ShownMail:
    return shown_mail(message, may_see_clinical=Permission.SEE_CLINICAL in request.permissions)


def _message_of(request: StaffRequest, pk: UUID) -> Message:
    return get_object_or_404(_readable(request), pk=pk)


def _readable(request: StaffRequest) -> MessageQuerySet:
    """The clinic's messages; an invitation is a key to an account, so only who manages staff may read it."""
    found = Message.objects.of(request.clinic).select_related("clinic")
    if Permission.MANAGE_STAFF in request.permissions:
        return found
    return found.exclude(kind=Message.Kind.INVITATION)
