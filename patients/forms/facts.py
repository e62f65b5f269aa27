"""Clinical facts: in groups to tick, one at a time with its dates, and the end of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.core.crispy import FormHelper
from patients.facts import FACT_GROUPS, FactCode
from patients.forms.fields import DayField, LineField, PickField, PickManyField, asking
from patients.models import Patient
from patients.rules import check_span, split_materials


def group_field(code: str) -> str:
    return f"facts_{code}"


class FactsFields(forms.Form):
    """All facts as ticks in their groups; allergies are typed. A mixin of the register form."""

    allergies = LineField(
        label=_("Allergies"),
        required=False,
        max_length=400,
        help_text=_("Materials or medicines, with commas between them: latex, adhesive, ibuprofen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in FACT_GROUPS:
            choices = [(code.value, code.label) for code in group.facts]
            self.fields[group_field(group.code)] = PickManyField(
                label=group.label, choices=choices, required=False
            )

    def fact_sections(self) -> list[Any]:
        groups = [
            Field(group_field(group.code), template="patients/_fact_group.html") for group in FACT_GROUPS
        ]
        return ["allergies", Div(*groups, css_class="choice-columns")]

    def clean_allergies(self) -> list[str]:
        return asking(split_materials, self.cleaned_data["allergies"])

    @property
    def facts(self) -> list[FactCode]:
        return [
            FactCode(code)
            for group in FACT_GROUPS
            for code in self.cleaned_data.get(group_field(group.code), ())
        ]


class FactForm(forms.Form):
    """One fact with its detail and dates."""

    code = PickField(label=_("Fact"))
    detail = LineField(
        label=_("Detail"),
        required=False,
        max_length=200,
        help_text=_(
            "For an allergy, what to: one material or medicine. Else what a colleague should know, in a few words."
        ),
    )
    since_on = DayField(label=_("Since"), required=False)
    until_on = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, patient: Patient, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patient, self.today = patient, today
        code: Any = self.fields["code"]
        groups = [
            (str(group.label), [(fact.value, fact.label) for fact in group.facts]) for group in FACT_GROUPS
        ]
        allergy = (FactCode.ALLERGY.value, FactCode.ALLERGY.label)
        code.choices = [("", _("Choose a fact")), allergy, *groups]

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.layout = Layout("code", "detail", Div("since_on", "until_on", css_class="form-pair"))
        return helper

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            cleaned.get("code") == FactCode.ALLERGY
            and not cleaned.get("detail")
            and "detail" not in self.errors
        ):
            self.add_error("detail", _("Write what the patient is allergic to, such as latex."))
        since_on, until_on = cleaned.get("since_on"), cleaned.get("until_on")
        asking(check_span, since_on, until_on, birth_date=self.patient.birth_date, today=self.today)
        return cleaned


class FactEndForm(forms.Form):
    """Why a fact goes: it was wrong, or it is over."""

    MISTAKE, OVER = "mistake", "over"

    reason = PickField(
        label=_("Why does it go?"),
        choices=[(OVER, _("It was true and is not any more")), (MISTAKE, _("It was recorded by mistake"))],
        widget=forms.RadioSelect,
    )
    over_since = DayField(
        label=_("Not true any more since"),
        required=False,
        help_text=_(
            "Only needed when it was true before. For a medicine the first day without it, for an illness the day it was over: safety rules that look back count from there."
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["over_since"].initial = today
        self.fields["over_since"].widget.attrs["max"] = today.isoformat()

    @property
    def is_mistake(self) -> bool:
        return bool(self.cleaned_data["reason"] == self.MISTAKE)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_over = cleaned.get("reason") == self.OVER
        if is_over and not cleaned.get("over_since") and "over_since" not in self.errors:
            self.add_error("over_since", _("Write the first day on which it was no longer true."))
        return cleaned
