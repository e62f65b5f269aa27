"""Built into every template: what each form of staff carries, so that no template can leave it out."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from careplans.accounts import sessions
from careplans.accounts.made_for import FIELD, HEADER, made_for
from careplans.core import once

register = template.Library()
WARN_BEFORE = timedelta(minutes=2)
A_DAY = 86_400


class StaffFormNode(CsrfTokenNode):
    """Django's token, and beside it for whom the form was made and a key of its own."""

    def render(self, context: Context) -> SafeString:
        token = SafeString(super().render(context))
        mark = made_for(getattr(context, "request", None)) if token else None
        if mark is None:
            return token
        hidden = {FIELD: mark, once.FIELD: once.new_key()}
        fields = format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden.items())
        return SafeString(token + fields)


@register.tag
def csrf_token(parser: Parser, token: Token) -> StaffFormNode:
    """``{% csrf_token %}``, in our pages and allauth's alike."""
    return StaffFormNode()


@register.simple_tag(takes_context=True)
def made_for_headers(context: dict[str, Any]) -> str:
    """``hx-headers='{% made_for_headers %}'``: parts of a page are asked for in the name of the whole."""
    mark = made_for(getattr(context, "request", None))
    return json.dumps({HEADER: str(mark)} if mark else {})


@register.simple_tag(takes_context=True)
def session_clock(context: Any) -> SafeString:
    """``{% session_clock %}``: the warning before the session ends, for whoever is signed in."""
    request = getattr(context, "request", None)
    if request is None or not getattr(request, "user", None) or not request.user.is_authenticated:
        return SafeString("")
    idle, left = settings.IDLE_TIME_OUT, sessions.time_left(request.session, timezone.now())
    lead = min(WARN_BEFORE, idle / 2)
    values = {
        "lead": int(lead.total_seconds()),
        "first": max(1, min(left.seconds, A_DAY) - int(lead.total_seconds())),
        "minutes": min(int(idle.total_seconds()), A_DAY) // 60,
    }
    return render_to_string("accounts/_session_clock.html", values, request=request)
