"""The answer to a form that was overtaken: what changed, with everything typed still there."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from careplans.accounts.authorise import StaffRequest
from patients.changing import RecordChanged


def version_seen(request: StaffRequest) -> int:
    """The version the form was opened at; without a readable one it counts as overtaken."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def render_stale(
    request: StaffRequest, template: str, context: dict[str, Any], stale: RecordChanged
) -> HttpResponse:
    """The form again, 409, naming the newest version: saving it once more is then meant."""
    newest: Any = stale.record
    return render(request, template, context | {"stale": stale, "version": newest.version}, status=409)
