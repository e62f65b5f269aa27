"""Why the patient is here."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.core.crispy import FormHelper
from careplans.core.refusals import Refusal
from patients.forms.fields import DayField, LineField, PickField, PickManyField, asking
from patients.models import Episode
from patients.rules import check_past_day, check_surgery

NEEDED = ("diagnosis", "body_region", "onset_on")


class EpisodeFields(forms.Form):
    """The fields of an episode, all optional: a mixin of the register form, where the episode may come later."""

    diagnosis = LineField(
        label=_("What brings the patient here"),
        required=False,
        max_length=200,
        help_text=_("Diagnosis or reason in a few words, such as “back spasm after physical therapy”."),
    )
    body_region = PickField(
        label=_("Body region"),
        required=False,
        choices=[("", _("Choose a region")), *Episode.BodyRegion.choices],
    )
    onset_on = DayField(label=_("Began on"), required=False)
    surgery_type = PickField(
        label=_("Surgery"), required=False, choices=[("", _("No surgery")), *Episode.SurgeryType.choices]
    )
    surgery_on = DayField(label=_("Date of surgery"), required=False)
    contributors = PickManyField(
        label=_("Suspected contributors"), required=False, choices=Episode.Contributor.choices
    )

    def episode_sections(self) -> list[Any]:
        return [
            "diagnosis",
            Div("body_region", "onset_on", css_class="form-pair"),
            Div("surgery_type", "surgery_on", css_class="form-pair"),
            "contributors",
        ]

    def check_episode(self, birth_date: date | None, today: date) -> None:
        """Dates in order, surgery with type and date; call it from ``clean``."""
        cleaned = self.cleaned_data
        born = birth_date or date.min
        try:
            if cleaned.get("onset_on"):
                asking(check_past_day, cleaned["onset_on"], birth_date=born, today=today)
        except forms.ValidationError as error:
            self.add_error("onset_on", error)
        if {"surgery_type", "surgery_on"} & set(self.errors):
            return
        try:
            check_surgery(cleaned["surgery_type"], cleaned["surgery_on"], birth_date=born, today=today)
        except Refusal as refusal:
            self.add_error("surgery_on", str(refusal))

    @property
    def episode(self) -> dict[str, Any]:
        """What the verbs take."""
        return {name: self.cleaned_data[name] for name in EpisodeFields.base_fields}


class EpisodeForm(EpisodeFields):
    def __init__(self, *args: Any, birth_date: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.birth_date, self.today = birth_date, today
        for name in NEEDED:
            self.fields[name].required = True

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.layout = Layout(*self.episode_sections())
        return helper

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.check_episode(self.birth_date, self.today)
        return cleaned
