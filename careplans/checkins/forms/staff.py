"""What a clinician writes when settling an alert."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.core.text import LETTERS_OF_A_NOTE, plain_words
from patients.forms.fields import asking


class AcknowledgeForm(forms.Form):
    note = forms.CharField(
        label=_("What are you doing about it?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Write down what you are doing about it before you acknowledge.")},
    )

    def clean_note(self) -> str:
        return _in_words(self, "note")


class ResolveForm(forms.Form):
    resolution = forms.CharField(
        label=_("What came of it?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Write down what came of it before you resolve.")},
    )

    def clean_resolution(self) -> str:
        return _in_words(self, "resolution")


def _in_words(form: forms.Form, name: str) -> str:
    """What says nothing counts as not filled in."""
    ask = str(form.fields[name].error_messages["required"])
    return asking(plain_words, form.cleaned_data[name], letters=LETTERS_OF_A_NOTE, ask=ask)
