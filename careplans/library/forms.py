"""Forms of the library's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.library.models import Category


class LibraryFilterForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=80)
    category = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Category.choices]
    )
