"""Pages that belong to no room: error pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long: say so plainly, and that nothing was stored.

    A view may bring its own page for this, as those for patients do.
    """
    match = request.resolver_match
    own = getattr(match.func, "on_csrf_failure", None) if match else None
    if own is not None:
        response: HttpResponse = own(request)
        return response
    return render(request, "403_form_too_old.html", status=403)
