"""Forms of the library workshop: structured fields are checked as strictly as the starter files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import TypeAdapter, ValidationError

from careplans.library import whole
from careplans.library.conditions import condition_adapter
from careplans.library.dose import dose_adapter
from careplans.library.starter_schema import BodyRegion

if TYPE_CHECKING:  # Django's class takes no type argument when it runs
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


# The library knows nothing of the patients' room: codes read as words.
REGIONS = [(code, capfirst(code.replace("_", " "))) for code in get_args(BodyRegion)]


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


class LinesField(forms.CharField):
    """A list of short texts, written one on each line; kept as a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("One on each line."))
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(line) for line in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class ComponentVersionForm(CheckedForm):
    body_regions = forms.MultipleChoiceField(
        label=gettext_lazy("Body regions"), choices=REGIONS, widget=forms.CheckboxSelectMultiple
    )
    tags = LinesField(
        label=gettext_lazy("Tags"),
        required=False,
        help_text=gettext_lazy("What safety rules look for, such as sedating or latex. One on each line."),
    )
    equipment = LinesField(label=gettext_lazy("Equipment"), required=False)
    cautions = LinesField(label=gettext_lazy("Cautions"), required=False)

    def clean_default_dose(self) -> Any:
        return self.check_one("default_dose", dose_adapter, self.cleaned_data["default_dose"])

    def clean_sources(self) -> Any:
        return self.check_one("sources", whole.sources, self.cleaned_data["sources"])


class ComponentTextForm(CheckedForm):
    steps = LinesField(label=gettext_lazy("Steps"))

    def clean_steps(self) -> Any:
        return self.check_one("steps", whole.steps, self.cleaned_data["steps"])


class TemplateVersionForm(CheckedForm):
    def clean_texts(self) -> Any:
        return self.check_one("texts", whole.template_texts, self.cleaned_data["texts"])

    def clean_sources(self) -> Any:
        return self.check_one("sources", whole.sources, self.cleaned_data["sources"])


class TemplatePhaseForm(CheckedForm):
    """A phase may have no check-in and no criterion: an empty list and an empty object are answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("check_in_days", "criteria"):
            if name in self.fields:  # a reader's page has none
                self.fields[name].required = False

    def clean_texts(self) -> Any:
        return self.check_one("texts", whole.phase_texts, self.cleaned_data["texts"])

    def clean_criteria(self) -> Any:
        return self.check_one("criteria", whole.criteria, self.cleaned_data["criteria"] or {})

    def clean_check_in_days(self) -> Any:
        return self.cleaned_data["check_in_days"] or []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if {"days", "check_in_days"} <= cleaned.keys():
            problem = whole.problem_of_days(cleaned["days"], cleaned["check_in_days"])
            if problem:
                self.add_error("check_in_days" if cleaned["days"] else "days", problem)
        return cleaned


class TemplateItemForm(CheckedForm):
    def clean_dose(self) -> Any:
        return self.check_one("dose", dose_adapter, self.cleaned_data["dose"])


class SafetyRuleForm(CheckedForm):
    def clean_when(self) -> Any:
        conditions = self.cleaned_data["when"]
        if not isinstance(conditions, list) or not conditions:
            raise forms.ValidationError(_("Write a list with at least one condition."))
        return [self.check_one("when", condition_adapter, condition) for condition in conditions]


class RedFlagForm(CheckedForm):
    def clean_texts(self) -> Any:
        return self.check_one("texts", whole.red_flag_texts, self.cleaned_data["texts"])
