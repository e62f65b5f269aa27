"""How long the session goes on, for the warning before it ends, and staying signed in."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from careplans.accounts import sessions
from careplans.accounts.authorise import StaffRequest, any_staff


@require_safe
@any_staff
def session_left(request: StaffRequest) -> JsonResponse:
    """Asked by a page on its own account, so it counts as nobody's presence."""
    left = sessions.time_left(request.session, timezone.now())
    return JsonResponse({"seconds": left.seconds, "can_stay": left.can_stay})


@require_POST
@any_staff
def session_stay(request: StaffRequest) -> HttpResponse:
    """Any request of a person goes on with the session; 204 leaves the page and what is typed as they are."""
    return HttpResponse(status=204)
