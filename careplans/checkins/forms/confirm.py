"""The one thing a patient is asked before anything about them is shown."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class YearOfBirthForm(forms.Form):
    use_required_attribute = False
    year = forms.IntegerField(
        label=_("In which year were you born?"),
        help_text=_("Four digits, for example 1970."),
        min_value=1900,
        max_value=2200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
        error_messages={
            "required": _("Write the year in which you were born."),
            "invalid": _("Write the year with four digits."),
            "min_value": _("Write the year with four digits."),
            "max_value": _("Write the year with four digits."),
        },
    )
