"""How often one person may ask for what costs much: making a PDF, sending a mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.accounts.authorise import StaffRequest, StaffView

Params = ParamSpec("Params")
READS = ("GET", "HEAD")


def at_most(
    count: int, *, each: timedelta, only_sent: bool = False
) -> Callable[[StaffView[Params]], Callable[..., HttpResponseBase]]:
    """Refuse with 429 what a person asks for more than ``count`` times in one span of ``each``.

    Far above what anybody needs who looks at what they get. ``only_sent``: opening the form's page is free.
    """

    def decorate(view: StaffView[Params]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def limited(request: StaffRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            is_free = only_sent and request.method in READS
            if not is_free and _asked(request, view.__name__, each) > count:
                return _too_often(request, each)
            return view(request, *args, **kwargs)

        return limited

    return decorate


def _asked(request: StaffRequest, what: str, each: timedelta) -> int:
    """How often in the present span, this time included."""
    seconds = int(each.total_seconds())
    span = int(timezone.now().timestamp()) // seconds
    key = f"asked:{what}:{request.user.pk}:{span}"
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        return 1


def _too_often(request: StaffRequest, each: timedelta) -> HttpResponse:
    minutes = max(1, int(each.total_seconds() // 60))
    if request.htmx:
        words = _("You asked for this very often. Wait %(minutes)s min, then try again.")
        return HttpResponse(
            words % {"minutes": minutes}, status=429, content_type="text/plain; charset=utf-8"
        )
    context = {"title": _("Too often in a short time"), "minutes": minutes}
    response = render(request, "accounts/too_often.html", context, status=429)
    response.headers["Retry-After"] = str(int(each.total_seconds()))
    return response
