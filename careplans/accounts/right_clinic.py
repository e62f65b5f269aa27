"""A form is stored in the clinic it was made for, or not at all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.accounts import sessions
from careplans.accounts.kept_forms import drop_kept_form
from careplans.accounts.made_for import is_of_clinic, read_made_for
from careplans.accounts.middleware import GetResponse, choose_clinic
from careplans.accounts.sent_form import AGAIN_IN, KEPT, sent_form

READS = ("GET", "HEAD", "OPTIONS")


def right_clinic(get_response: GetResponse) -> GetResponse:
    """Refuse, with what was typed given back, a form whose page was shown in another clinic or to somebody else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        is_part = bool(request.htmx)
        if request.clinic is None or not is_of_clinic(request) or (request.method in READS and not is_part):
            return None
        if KEPT in request.POST:
            drop_kept_form(request.session, request.POST[KEPT])
        is_meant = _follow_back(request) if AGAIN_IN in request.POST else _is_meant_for_here(request)
        return None if is_meant else _refuse(request)

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django reads hooks off the middleware
    return middleware


def _follow_back(request: Any) -> bool:
    """Whoever chose to send a form again in its own clinic works there from now on."""
    wanted = request.POST[AGAIN_IN]
    if wanted not in _mine(request):
        return False
    request.session[sessions.CLINIC] = wanted
    choose_clinic(request)
    timezone.activate(request.clinic.zone)
    return True


def _is_meant_for_here(request: Any) -> bool:
    mark = read_made_for(request)
    if mark is None:
        # Asked for by something else than our pages; in one clinic alone nothing can be mixed up.
        return request.method in READS or len(_mine(request)) == 1
    return (mark.clinic_id, mark.user_id) == (str(request.clinic.pk), str(request.user.pk))


def _refuse(request: Any) -> HttpResponse:
    form = sent_form(request)
    is_mine = form is not None and form.made_for.user_id == str(request.user.pk)
    there = _mine(request).get(form.made_for.clinic_id) if form is not None and is_mine else None
    if request.htmx:
        # Said in the page as it stands, with what was typed still in its form.
        words = _in_page_words(request.clinic.name, there.name if there else "")
        return HttpResponse(words, status=409, content_type="text/plain; charset=utf-8")
    context = {
        "title": _("This was not saved"),
        "form": form if is_mine else None,
        "there": there,
        "here": request.clinic,
    }
    return render(request, "accounts/other_clinic.html", context, status=409)


def _in_page_words(here: str, there: str) -> str:
    names = {"here": here, "there": there}
    if not there:
        return _("Nothing was saved: this page is of another clinic. You work in %(here)s now.") % names
    return (
        _(
            "Nothing was saved: this page is of %(there)s, and you work in %(here)s since you changed over in another "
            "tab. What you typed is still here: change back to %(there)s there, then send it again."
        )
        % names
    )


def _mine(request: Any) -> dict[str, Any]:
    return {str(membership.clinic_id): membership.clinic for membership in request.memberships}
