"""Authorisation in one layer: every view names its permission, and gets a request that knows its clinic."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Permission

log = logging.getLogger("careplans.security")
Params = ParamSpec("Params")


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff; ``current_clinic`` middleware fills it."""

    user: User
    clinic: Clinic
    memberships: list[Membership]
    permissions: frozenset[Permission]
    roles: frozenset[str]
    htmx: HtmxDetails
    # Looks of a form that was sent: written when a page is the answer, not when the change was made and nothing is shown.
    looks_if_shown: dict[tuple[str, str], Callable[[], object]]


StaffView = Callable[Concatenate[StaffRequest, Params], HttpResponseBase]


def requires(permission: Permission) -> Callable[[StaffView[Params]], Callable[..., HttpResponseBase]]:
    """Let only staff with ``permission`` in their current clinic in; others get 403."""

    def decorate(view: StaffView[Params]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Any, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            if permission not in getattr(request, "permissions", frozenset()):
                note_denied(request, permission)
                raise PermissionDenied
            request.looks_if_shown = {}
            response = view(request, *args, **kwargs)
            if not HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST:
                for note in request.looks_if_shown.values():
                    note()
            return response

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the guard test
        return guarded

    return decorate


def any_staff(view: StaffView[Params]) -> Callable[..., HttpResponseBase]:
    """Pages about the signed-in person alone: open to whoever is signed in, whatever their role."""
    view.is_for_any_staff = True  # type: ignore[attr-defined]  # read by the guard test
    return view


def note_denied(request: Any, permission: Permission) -> None:
    """One line for whoever watches the installation. The view's name, not the address: that may hold an id."""
    match = request.resolver_match
    log.warning(
        "denied user=%s clinic=%s permission=%s view=%s method=%s",
        request.user.pk,
        getattr(request.clinic, "pk", None),
        permission.value,
        match.view_name if match else "",
        request.method,
    )
