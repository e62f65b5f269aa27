"""What is wrong in a file of library content, said so that whoever keeps the library can find and mend it. Pure."""

from __future__ import annotations

from django.utils.translation import gettext as _
from pydantic_core import ErrorDetails

from careplans.library.whole import IS_MISSING

SHORT_ENOUGH = 120
INPUT_LENGTH = 40
KNOWN_FEW = frozenset({"literal_error", "enum", "union_tag_invalid"})


def said(error: ErrorDetails) -> str:
    """Where it is, and what has to be there."""
    where = ", ".join(str(one + 1) if isinstance(one, int) else one for one in error["loc"])
    why = _why(error)
    return _("%(where)s: %(why)s") % {"where": where, "why": why} if where else why


def _why(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in IS_MISSING:
        return _("missing")
    if kind == "extra_forbidden":
        return _("nothing of this name belongs here")
    if kind in KNOWN_FEW:
        known = str(context.get("expected", context.get("expected_tags", "")))
        return _not_known(str(context.get("tag", error["input"])), known)
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return _("has to be fields, each with its name")
    if kind in ("tuple_type", "list_type"):
        return _("has to be a list")
    if kind == "string_type":
        return _("has to be a text")
    if kind in ("int_type", "int_parsing", "int_from_float", "float_type"):
        return _("has to be a number")
    return error["msg"].removeprefix("Value error, ")


def _not_known(given: str, known: str) -> str:
    told = {"given": given[:INPUT_LENGTH], "known": known.replace("'", "")}
    if known and len(known) <= SHORT_ENOUGH:
        return _("“%(given)s” is not known; known are %(known)s") % told
    return _("“%(given)s” is not known here") % told
