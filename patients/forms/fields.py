"""Fields which ask the rules of the room and answer in the clinic's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from careplans.core.refusals import Refusal
from careplans.core.text import plain_line
from patients.rules import TOO_LONG

Cleaned = TypeVar("Cleaned")


def asking(rule: Callable[..., Cleaned], *args: Any, **kwargs: Any) -> Cleaned:
    """What the rule answers; its refusal becomes the form's error."""
    try:
        return rule(*args, **kwargs)
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


class LineField(forms.CharField):
    """One line of text, passed through ``rule`` (by default ``plain_line``)."""

    default_error_messages = {"required": _("Please fill this in."), "max_length": TOO_LONG}

    def __init__(
        self, *, rule: Callable[[str], str] = plain_line, max_length: int = 100, **kwargs: Any
    ) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.rule = rule

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        # Too long a text is told so by its own check, before any rule reads it.
        if not text or len(text) > (self.max_length or 0):
            return text
        return asking(self.rule, text)


class DayField(forms.DateField):
    """A date, picked or typed."""

    default_error_messages = {
        "required": _("Please fill this in."),
        "invalid": _("Write the date with day, month and year, such as 2024-03-14."),
    }

    def __init__(self, **kwargs: Any) -> None:
        # A browser sends its date picker's value as year-month-day and shows no other form of it.
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class PickField(forms.ChoiceField):
    default_error_messages = {
        "required": _("Please choose one."),
        "invalid_choice": _("Choose one of the list."),
    }


class PickManyField(forms.MultipleChoiceField):
    default_error_messages = {"invalid_choice": _("Choose from the list only.")}
    widget = forms.CheckboxSelectMultiple


class ZoneSelect(forms.Select):
    """A select for 500 time zones: a template for each option would take longer than the rest of the page."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        all_attrs = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((code, mark_safe(" selected") if code == value else "", label) for code, label in self.choices),
        )
        return format_html("<select{}>{}</select>", flatatt(all_attrs), options)
