"""``{% load library_text %}``: texts of the library as a handout prints them."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from careplans.library import markdown

register = template.Library()


@register.filter
def printable(text: object) -> SafeString:
    """``{{ text.why|printable }}``: inside a paragraph or a line of a list."""
    return markdown.printable("" if text is None else str(text))


@register.filter
def printable_block(text: object) -> SafeString:
    """``{{ version.clinician_text|printable_block }}``: brings its own paragraphs, so it stands in no ``<p>``."""
    return markdown.printable_block("" if text is None else str(text))


@register.filter("plain")
def plain_words(text: object) -> str:
    """``{{ text|plain }}``: the words alone, escaped like any other."""
    return markdown.plain("" if text is None else str(text))
