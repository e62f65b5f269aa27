"""Authorisation in one layer: every view names its permission, and gets a request that knows its clinic."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Permission

Params = ParamSpec("Params")


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff; ``current_clinic`` middleware fills it."""

    user: User  # type: ignore[assignment]  # the stubs know only Django's own user classes
    clinic: Clinic
    permissions: frozenset[Permission]
    roles: frozenset[str]
    htmx: HtmxDetails


StaffView = Callable[Concatenate[StaffRequest, Params], HttpResponseBase]


def requires(permission: Permission) -> Callable[[StaffView[Params]], Callable[..., HttpResponseBase]]:
    """Let only staff with ``permission`` in their current clinic in; others get 403."""

    def decorate(view: StaffView[Params]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Any, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            if permission not in getattr(request, "permissions", frozenset()):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the guard test
        return guarded

    return decorate
