"""Forms for the dates of a plan: day 0, and after surgery the days for heat and load."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.core.crispy import FormHelper
from careplans.library.models import Anchor
from careplans.library.surgery import OWN_VALUE, starting_days
from careplans.plans.dates import LAST_DAY
from careplans.plans.models import Draft
from patients.forms.fields import DayField, PickField
from patients.models import Episode

SURGERY_FIELDS = ("cold_to_heat_day", "clearance_day")


def _days_field(label: Any) -> forms.IntegerField:
    between = format_lazy(
        gettext_lazy("Write a whole number of days from 0 to {most}, or leave it empty."), most=str(LAST_DAY)
    )
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=LAST_DAY,
        required=False,
        help_text=format_lazy(
            "{} {}",
            gettext_lazy("Days after the surgery. Leave it empty for the value of the type of surgery."),
            OWN_VALUE,
        ),
        error_messages={"invalid": between, "min_value": between, "max_value": between},
    )


class DatesFields(forms.Form):
    """What day 0 is, and the two days after surgery."""

    anchor = PickField(label=gettext_lazy("The plan counts from"), widget=forms.RadioSelect)
    chosen_on = DayField(label=gettext_lazy("Another day"), required=False)
    cold_to_heat_day = _days_field(gettext_lazy("Heat allowed from day"))
    clearance_day = _days_field(gettext_lazy("Bending, twisting and lifting allowed from day"))

    @property
    def date_sections(self) -> list[Any]:
        pair = [name for name in SURGERY_FIELDS if name in self.fields]
        return ["anchor", "chosen_on", *([Div(*pair, css_class="form-pair")] if pair else [])]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen_on, is_chosen = cleaned.get("chosen_on"), cleaned.get("anchor") == Anchor.PLAN_START
        if is_chosen and not chosen_on and "chosen_on" not in self.errors:
            self.add_error("chosen_on", _("Write the day the plan counts from."))
        if chosen_on and not is_chosen and "anchor" not in self.errors and "chosen_on" in self.changed_data:
            self.add_error(
                "anchor", _("You wrote another day. Choose “Another day” too, or clear that field.")
            )
        return cleaned

    @property
    def dates(self) -> dict[str, Any]:
        """What the verbs take."""
        return {name: self.cleaned_data.get(name) for name in DatesFields.base_fields}

    @property
    def date_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in DatesFields.base_fields if name in self.fields]


class PlanDatesForm(DatesFields):
    """The dates of a draft, each choice with the day it means for this episode."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "anchor": draft.anchor,
            "chosen_on": draft.anchor_on if draft.anchor == Anchor.PLAN_START else None,
            **{name: getattr(draft, name) for name in SURGERY_FIELDS},
            "revision": draft.revision,
        }
        super().__init__(*args, **kwargs)
        episode = draft.plan.episode
        anchors: Any = self.fields["anchor"]
        anchors.choices = _choices(episode)
        for name in SURGERY_FIELDS:
            if episode.surgery_on is None:
                del self.fields[name]
            else:
                self.fields[name].help_text = _usual_in_words(episode, name)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.layout = Layout("revision", *self.date_sections)
        return helper


def start_choices(*, has_surgery: bool) -> list[tuple[str, Any]]:
    """What a new plan may count from, before the episode and the template are chosen."""
    surgery = [(Anchor.SURGERY.value, _("The date of surgery"))] if has_surgery else []
    return [
        ("", _("What the template counts from")),
        (Anchor.ONSET.value, _("The day it began")),
        *surgery,
        (Anchor.PLAN_START.value, _("Another day")),
    ]


def _choices(episode: Episode) -> list[tuple[str, Any]]:
    surgery = [(Anchor.SURGERY.value, _("The surgery: %(day)s") % {"day": _told(episode.surgery_on)})]
    return [
        (Anchor.ONSET.value, _("The day it began: %(day)s") % {"day": _told(episode.onset_on)}),
        *(surgery if episode.surgery_on else []),
        (Anchor.PLAN_START.value, _("Another day")),
    ]


def _usual_in_words(episode: Episode, name: str) -> str:
    usual = starting_days(episode.surgery_type)
    if usual is None or episode.surgery_on is None:
        return ""
    number: int = getattr(usual, name)
    told = _("Days after the surgery. Empty counts as day %(number)d, %(day)s.") % {
        "number": number,
        "day": _told(episode.surgery_on + timedelta(days=number)),
    }
    return f"{told} {OWN_VALUE}"


def _told(day: date | None) -> str:
    return date_format(day, "j M Y") if day else ""
