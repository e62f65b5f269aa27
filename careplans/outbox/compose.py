"""Renders the three parts of a mail in the reader's language: subject, text and HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation

_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True)
class Composed:
    subject: str
    text: str
    html: str


def compose(template_prefix: str, context: Mapping[str, Any], language: str) -> Composed:
    """Render ``<prefix>.subject.txt``, ``<prefix>.txt`` and, where there is one, ``<prefix>.html``.

    ``{link}`` in a template stays as it is: the address is put in while sending. Give ``clinic`` in ``context``;
    the layouts ``_mail/base.txt`` and ``_mail/base.html`` show its name and phone number.
    """
    with translation.override(language):
        values = {
            "language": language,
            "is_rtl": translation.get_language_bidi(),
            "site_url": settings.SITE_URL,
            **context,
        }
        return Composed(
            subject=" ".join(_plain(f"{template_prefix}.subject.txt", values).split()),
            text=_tidy(_plain(f"{template_prefix}.txt", values)),
            html=_html(f"{template_prefix}.html", values),
        )


def _plain(name: str, values: dict[str, Any]) -> str:
    """Plain text is not escaped, whatever the template says: an apostrophe in a name stays one."""
    template: Any = get_template(name)
    return str(template.template.render(Context(values, autoescape=False)))


def _html(name: str, values: dict[str, Any]) -> str:
    try:
        template = get_template(name)
    except TemplateDoesNotExist as error:
        if str(error) != name:  # a missing layout is a mistake, a missing HTML part is not
            raise
        return ""
    html = _INLINER.inline(template.render(values))
    return "\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n"


def _tidy(text: str) -> str:
    """Paragraphs with one empty line between them, however the template's tags left it."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
