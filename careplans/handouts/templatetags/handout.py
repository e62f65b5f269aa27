"""For the templates of the handout."""

from __future__ import annotations

from django import template

from careplans.handouts.words import direction_of_text

register = template.Library()
register.filter("direction", direction_of_text)
