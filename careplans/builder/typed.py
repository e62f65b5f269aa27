"""What somebody typed into a form of the desk, to be given back when it could not be saved and its form is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from careplans.builder.date_forms import PlanDatesForm
from careplans.builder.forms import CheckInDaysForm, FindingDecisionForm
from careplans.library.dose_forms import FORM_OF

FORMS: tuple[type[forms.Form], ...] = (
    *FORM_OF.values(),
    CheckInDaysForm,
    FindingDecisionForm,
    PlanDatesForm,
)


@dataclass(frozen=True)
class Typed:
    label: str
    value: str


def typed_in(sent: QueryDict) -> tuple[Typed, ...]:
    """What was written or chosen, under the labels it had; empty fields and hidden ones are left out."""
    fields = _fields_of(sent)
    return tuple(
        Typed(label=str(field.label), value=_in_words(field, sent.get(name, "")))
        for name, field in fields.items()
        if sent.get(name, "").strip()
    )


def _fields_of(sent: QueryDict) -> dict[str, Any]:
    """The visible fields of the form these names belong to: the one that knows most of them and asks least besides."""
    names = set(sent)

    def fit(form: type[forms.Form]) -> tuple[int, int]:
        known = set(form.base_fields)
        return len(names & known), -len(known - names)

    best = max(FORMS, key=fit)
    return {
        name: field
        for name, field in best.base_fields.items()
        if not isinstance(field.widget, forms.HiddenInput)
    }


def _in_words(field: forms.Field, value: str) -> str:
    if isinstance(field, forms.BooleanField):
        return "✓"
    choices: Any = getattr(field, "choices", ())
    return str(dict(choices).get(value, value))
