from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.worklist.context import clinic_status
from careplans.worklist.page import SECTIONS, worklist_of
from careplans.worklist.selectors import Scope


@require_safe
@requires(Permission.SEE_WORKLIST)
def worklist(request: StaffRequest) -> HttpResponse:
    """What needs a person today; the sections alone for the page that refreshes itself."""
    now = timezone.now()
    is_clinical = Permission.SEE_CLINICAL in request.permissions
    is_mine = is_clinical and request.GET.get("whose") != "clinic"
    whole = frozenset(request.GET.getlist("all")) & SECTIONS
    scope = Scope(request.clinic, now, mine=request.user if is_mine else None, whole=whole)
    status = clinic_status(request)
    context = {
        "title": _("Worklist"),
        "work": worklist_of(scope, permissions=request.permissions, status=status, me=request.user),
        "status": status,
        "is_mine": is_mine,
        "is_clinical": is_clinical,
        "can_edit": Permission.EDIT_CLINICAL in request.permissions,
        "now": now,
        "today": scope.today,
    }
    return render(request, "worklist/_sections.html" if request.htmx else "worklist/worklist.html", context)
