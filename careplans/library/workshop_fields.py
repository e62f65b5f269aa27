"""Fields of the library workshop's forms: lists as lines, structured values as JSON that says what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from pydantic import TypeAdapter

from careplans.library import whole

if TYPE_CHECKING:  # Django's class takes no type argument when it runs
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm

NOT_JSON = gettext_lazy(
    "This cannot be read. Write texts in straight double quotes, a comma between two entries, and close each [ and {."
)
NOTHING_WRITTEN = gettext_lazy("Write at least one entry. How one looks stands beside the field.")
MOST_ROWS = 24


class Indented(json.JSONEncoder):
    """One entry on each line, so that it can be read and changed by hand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**(kwargs | {"indent": 2}))


class LinesField(forms.CharField):
    """A list of short texts, written one on each line; kept as a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("One on each line."))
        super().__init__(widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(line) for line in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class CheckedForm(_ModelForm):
    """What rules, plans and handouts read later must be readable now.

    An empty list or object is an answer; where there must be more, the field's own check says so.
    """

    # What each structured field must be, and how one looks.
    checks: ClassVar[dict[str, TypeAdapter[Any]]] = {}
    examples: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # a reader's page has none
            if isinstance(field, forms.JSONField):
                field.required = self.empty(name) is None
                field.encoder = Indented
                field.error_messages |= {"invalid": NOT_JSON, "required": NOTHING_WRITTEN}
                field.help_text = self.examples.get(name, field.help_text)
                shown = field.prepare_value(self.initial.get(name, self.empty(name)))
                field.widget.attrs["class"] = "vLargeTextField"
                field.widget.attrs["rows"] = min(MOST_ROWS, shown.count("\n") + 2)

    def empty(self, name: str) -> Any:
        """What stands for nothing in this field: an empty list or object, or None where nothing is no answer."""
        return self.instance._meta.get_field(name).get_default()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if name in cleaned and isinstance(field, forms.JSONField) and cleaned[name] is None:
                cleaned[name] = self.empty(name)
        for name, adapter in self.checks.items():
            if name in cleaned:
                label = str(self.fields[name].label)
                self.refuse(name, whole.wrong_in(adapter, cleaned[name], label))
        return cleaned

    def refuse(self, name: str, problems: Iterable[str]) -> None:
        """Each problem as a sentence beside its field."""
        said = [f"{capfirst(problem.rstrip('.'))}." for problem in problems]
        if said:
            self.add_error(name, said)
