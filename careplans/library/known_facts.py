"""The clinical facts a safety rule may ask for, by code, as clinicians read them.

The library may not import the patients. The room that joins the two says when the product starts which facts there are
(``plans.apps``); until then none is known, and no rule that asks for one gets through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

_LABELS: dict[str, Any] = {}


def say_facts(labels: Mapping[str, Any]) -> None:
    """``labels``: code → what a clinician reads, translated when it is read."""
    _LABELS.update(labels)


def fact_label(code: str) -> str:
    """The fact as the patient's page calls it; a code nobody knows reads as words."""
    return str(_LABELS.get(code, code.replace("_", " ")))


def unknown_facts(codes: Iterable[str]) -> Iterator[str]:
    """A fact that nobody can record would keep a rule silent for ever."""
    for code in sorted({*codes} - _LABELS.keys()):
        yield _("the clinical fact “%(code)s” is not known. Choose from the list of facts") % {"code": code}
