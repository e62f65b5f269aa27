"""Reading the library's safety rules."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.library.presenters import rule_row
from careplans.library.selectors import component_titles, rules_for_reading


@require_GET
@requires(Permission.SEE_LIBRARY)
def rule_list(request: StaffRequest) -> HttpResponse:
    titles = component_titles(request.clinic)
    rows = [rule_row(rule, titles) for rule in rules_for_reading(request.clinic)]
    return render(request, "library/rule_list.html", {"title": _("Library"), "rows": rows, "tab": "rules"})
