"""Codes of what a clinic writes itself: made of a name that people type, settled when a first version is submitted."""

from __future__ import annotations

import re
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.core.text import plain_line
from careplans.library.versions import ReviewRefusal

CODE = re.compile(r"^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$")


class NameTaken(ReviewRefusal):
    """Another rule, red flag or source of the clinic is known by this code."""


def hold_codes(clinic: Clinic) -> None:
    """Of two people who choose the same code at once, the second finds the first's, until the transaction ends.

    The clinic's key stays free: whoever has written something of the clinic's comes back to it at the end, and would
    wait for us while we wait for them.
    """
    list(Clinic.objects.select_for_update(no_key=True).filter(pk=clinic.pk))


def code_from(name: str, *, most: int, as_typed: bool = False) -> str:
    """The name as a code; ``as_typed``: what is one already keeps its capitals. Without Latin letters it is refused."""
    line = plain_line(name)
    code = line if as_typed and CODE.match(line) else slugify(line)
    if not code or len(code) > most:
        raise ReviewRefusal(
            _("Write a short name in Latin letters and digits, of at most %(most)d characters.")
            % {"most": most}
        )
    return code


def free_code(
    model: Any, clinic: Clinic, name: str, *, most: int, but: Any = None, as_typed: bool = False
) -> str:
    """The code of the name, held so that of two people with the same one the second is told."""
    code = code_from(name, most=most, as_typed=as_typed)
    hold_codes(clinic)
    others = model._default_manager.filter(clinic=clinic, code__iexact=code)
    if (others.exclude(pk=but.pk) if but is not None else others).exists():
        raise NameTaken(
            _(
                "This code is taken: %(code)s. Choose another name, or find it in the list and start a new version of it."
            )
            % {"code": code}
        )
    return code


def may_be_renamed(version: Any) -> bool:
    """While nothing of it was ever submitted, and it is not the next version of something."""
    return not version.is_settled() and version.versions().count() == 1
