"""Built into every template: what each form of staff carries, so that no template can leave it out."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from careplans.accounts.made_for import FIELD, HEADER, made_for

register = template.Library()


class StaffFormNode(CsrfTokenNode):
    """Django's token, and beside it for whom the form was made."""

    def render(self, context: Context) -> SafeString:
        token = SafeString(super().render(context))
        mark = made_for(getattr(context, "request", None)) if token else None
        if mark is None:
            return token
        return SafeString(token + format_html('<input type="hidden" name="{}" value="{}">', FIELD, mark))


@register.tag
def csrf_token(parser: Parser, token: Token) -> StaffFormNode:
    """``{% csrf_token %}``, in our pages, allauth's and Django's admin alike."""
    return StaffFormNode()


@register.simple_tag(takes_context=True)
def made_for_headers(context: dict[str, Any]) -> str:
    """``hx-headers='{% made_for_headers %}'``: parts of a page are asked for in the name of the whole."""
    mark = made_for(getattr(context, "request", None))
    return json.dumps({HEADER: str(mark)} if mark else {})
