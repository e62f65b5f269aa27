"""Fields of the template editor's forms."""

from __future__ import annotations

from typing import Any

from django import forms

from careplans.core.text import plain_line
from patients.forms.fields import asking


class LinesField(forms.CharField):
    """Short texts, one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(line) for line in value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        lines = [asking(plain_line, line) for line in str(value or "").splitlines()]
        return [line for line in lines if line]

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))


class TextField(forms.CharField):
    """A few sentences on one or more lines."""

    def __init__(self, *, rows: int = 3, max_length: int = 2000, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(widget=widget, max_length=max_length, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return "\n".join(asking(plain_line, line) for line in text.splitlines()).strip()
