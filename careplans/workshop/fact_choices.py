"""Clinical facts to tick, in the groups the patient's form has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from patients.facts import FACT_GROUPS, FactCode
from patients.forms.fields import PickManyField


@dataclass(frozen=True)
class FactSection:
    label: str
    options: tuple[Any, ...]
    number_chosen: int


class FactsField(PickManyField):
    """Every fact that can be recorded. A rule may ask for any allergy; who picks facts of a person types them."""

    def __init__(self, *, with_allergy: bool = True, **kwargs: Any) -> None:
        facts = [fact for fact in FactCode if with_allergy or fact != FactCode.ALLERGY]
        super().__init__(choices=[(fact.value, fact.label) for fact in facts], **kwargs)


def sections_of(field: forms.BoundField) -> list[FactSection]:
    """The options of a field of facts, group by group; what stands in no group comes last."""
    field.field.widget.attrs["class"] = "form-check-input"
    options = {str(option.data["value"]): option for option in field}
    groups = [(str(group.label), [fact.value for fact in group.facts]) for group in FACT_GROUPS]
    grouped = {code for _label, codes in groups for code in codes}
    groups.append((_("Allergies"), [code for code in options if code not in grouped]))
    sections = [
        _section(label, [options[code] for code in codes if code in options]) for label, codes in groups
    ]
    return [section for section in sections if section.options]


def _section(label: str, options: list[Any]) -> FactSection:
    return FactSection(label, tuple(options), sum(bool(option.data["selected"]) for option in options))
