"""Finding a component: one list for everybody, with more in it for those who keep the library."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.library.search import equipment_in, found
from careplans.workshop.finding import lines_of, page_of
from careplans.workshop.forms import FindForm


@require_GET
@requires(Permission.SEE_LIBRARY)
def library(request: StaffRequest) -> HttpResponse:
    for_keepers = Permission.KEEP_LIBRARY in request.permissions
    today = timezone.localdate(timezone=request.clinic.zone)
    equipment = equipment_in(request.clinic, for_keepers=for_keepers)
    form = FindForm(request.GET, equipment=equipment, for_keepers=for_keepers)
    asked = form.question
    rows = found(request.clinic, asked, for_keepers=for_keepers, today=today)
    page = page_of(rows, request.GET.get("page"), is_narrowed=form.is_narrowed)
    context = {
        "title": _("Library"),
        "form": form,
        "lines": lines_of(page, for_keepers=for_keepers, today=today),
        "page_obj": page,
        "tab": "components",
        "for_keepers": for_keepers,
        "can_edit": Permission.EDIT_LIBRARY in request.permissions,
    }
    return render(request, "workshop/library.html", context)
