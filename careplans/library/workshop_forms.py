"""Forms of the library workshop: structured fields are checked as strictly as the starter files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from careplans.library.conditions import condition_adapter
from careplans.library.dose import dose_adapter

if TYPE_CHECKING:  # Django's class takes no type argument when it runs
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class CheckedForm(_ModelForm):
    """A JSON field that the rules read later must be readable now."""

    def check_one(self, name: str, adapter: TypeAdapter[Any], value: Any) -> Any:
        try:
            adapter.validate_python(value)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise forms.ValidationError(
                _("%(where)s: %(what)s") % {"where": where or name, "what": first["msg"]}
            ) from error
        return value


class ComponentVersionForm(CheckedForm):
    def clean_default_dose(self) -> Any:
        return self.check_one("default_dose", dose_adapter, self.cleaned_data["default_dose"])


class TemplateItemForm(CheckedForm):
    def clean_dose(self) -> Any:
        return self.check_one("dose", dose_adapter, self.cleaned_data["dose"])


class SafetyRuleForm(CheckedForm):
    def clean_when(self) -> Any:
        conditions = self.cleaned_data["when"]
        if not isinstance(conditions, list) or not conditions:
            raise forms.ValidationError(_("Write a list with at least one condition."))
        return [self.check_one("when", condition_adapter, condition) for condition in conditions]
