"""What somebody typed, when it was not saved: beside what is stored now, or to copy from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms


@dataclass(frozen=True)
class Beside:
    """A field that says something else than what is stored."""

    label: str
    stored: str
    typed: str


@dataclass(frozen=True)
class Typed:
    label: str
    value: str


def beside(typed: forms.BaseForm, stored: forms.BaseForm) -> tuple[Beside, ...]:
    """The fields in which a form that was sent differs from the one the page would show now."""
    pairs = [
        (field, stored[field.name]) for field in typed if not field.is_hidden and field.name in stored.fields
    ]
    said = [(field.label, _in_words(now), _in_words(field)) for field, now in pairs]
    return tuple(Beside(str(label), now, sent) for label, now, sent in said if now != sent)


def typed_in(form: forms.BaseForm) -> tuple[Typed, ...]:
    """What was written or chosen, under its labels; empty and hidden fields are left out."""
    said = [(str(field.label), _in_words(field)) for field in form if not field.is_hidden]
    return tuple(Typed(label, value) for label, value in said if value)


def _in_words(field: forms.BoundField) -> str:
    value: Any = field.value()
    if isinstance(field.field, forms.BooleanField):
        return "✓" if value and value not in ("False", "false", "off") else ""
    if isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    choices = dict(getattr(field.field, "choices", ()))
    if value in choices:
        return str(choices[value]) if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
