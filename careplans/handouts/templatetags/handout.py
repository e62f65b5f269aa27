"""For the templates of the handout."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from careplans.handouts.words import direction_of, direction_of_text

register = template.Library()
register.filter("direction", direction_of_text)


@register.simple_tag
def spoken(language: str, on_the_page: str) -> SafeString:
    """The attributes of a text that is not in the language of its page; nothing where it is, or where ``language`` is empty."""
    if not language or language == on_the_page:
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, direction_of(language))
