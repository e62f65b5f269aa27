"""The named exception to sign-in: pages for patients, invited people and health checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def public_page(view: View) -> View:
    """Serve without sign-in. Guard tests list every view that carries this mark."""
    view.is_public = True  # type: ignore[attr-defined]  # read by the guard test
    return login_not_required(view)
