"""Pages that belong to no room: error pages and the health check."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from careplans.core.public import public_page


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


@public_page
def health(request: HttpRequest) -> JsonResponse:
    """For load balancers: the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
