"""Fields for texts of the library: kept as typed, but for characters that deceive or break."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from careplans.core.refusals import Refusal
from careplans.core.text import plain_line

LINE_LENGTH = 400


class WordsField(forms.CharField):
    """A text of one or more lines. ``is_needed_later``: a draft may be kept without it, but not submitted."""

    def __init__(
        self,
        *,
        rows: int = 3,
        max_length: int = 1000,
        required: bool = False,
        is_needed_later: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        self.is_needed_later = is_needed_later
        super().__init__(max_length=max_length, required=required, **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return "\n".join(_readable(line) for line in text.splitlines())


class LinesField(forms.CharField):
    """A list of short texts, one on each line; kept as a tuple."""

    def __init__(
        self, *, rows: int = 4, most: int = 40, is_needed_later: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("help_text", _("One on each line."))
        self.is_needed_later = is_needed_later
        self.most = most
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> tuple[str, ...]:
        lines = [_readable(line) for line in str(super().clean(value)).splitlines()]
        kept = tuple(line for line in lines if line)
        if len(kept) > self.most:
            raise forms.ValidationError(format_lazy(_("At most {most} lines."), most=str(self.most)))
        if any(len(line) > LINE_LENGTH for line in kept):
            raise forms.ValidationError(
                format_lazy(_("Each line has at most {most} characters."), most=str(LINE_LENGTH))
            )
        return kept


def _readable(line: str) -> str:
    try:
        return plain_line(line.replace("\t", " "))
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal)) from refusal
