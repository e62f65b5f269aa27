"""Forms that came too late: looked through, then sent again or let go."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, any_staff
from careplans.accounts.kept_forms import KEPT_FOR, drop_kept_form, kept_forms
from careplans.accounts.sent_form import KEPT


@require_http_methods(["GET", "HEAD", "POST"])
@any_staff
def sent_again(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return _let_go(request)
    kept = kept_forms(request.session, user_id=request.user.pk)
    if not kept:
        return redirect("start")
    mine = {str(membership.clinic_id): membership.clinic for membership in request.memberships}
    context = {
        "title": _("This was not saved yet"),
        "rows": [(one.key, one.form, mine.get(one.form.made_for.clinic_id)) for one in kept],
        "minutes": int(KEPT_FOR.total_seconds() // 60),
    }
    return render(request, "accounts/sent_again.html", context)


def _let_go(request: StaffRequest) -> HttpResponseRedirect:
    drop_kept_form(request.session, request.POST.get(KEPT, ""))
    return redirect("sent-again")
