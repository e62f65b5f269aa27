"""One form for each kind of dose; the dose itself stays the judge of what is allowed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from careplans.core.crispy import FormHelper
from careplans.library.dose import Dose, parse_dose

NOTHING = ("", _("–"))
MINUTES_OF_A_DAY = 24 * 60
# The prefix of its fields in a larger form.
PART = "dose"
FILL_IN = _("Please fill this in.")


class DoseForm(forms.Form):
    """Parses one kind of dose. ``dose`` holds the result after ``is_valid``."""

    kind: str
    dose: Dose

    def __init__(self, *args: Any, dose: Dose | None = None, is_part: bool = False, **kwargs: Any) -> None:
        """``is_part``: of a form of more than the dose, which has no patient yet to write a note for."""
        initial = dose.model_dump() if dose else {}
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        if is_part:
            del self.fields["note"]
        elif not self.is_bound:
            # Opened to be changed: the first number has the focus. Refused, the summary of the errors has it.
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("minutes") or 0) * (cleaned.get("times_a_day") or 0) > MINUTES_OF_A_DAY:
            self.add_error("times_a_day", _("This is more time than a day has. Check both numbers."))
        if self.errors:
            return cleaned
        given = {name: value for name, value in cleaned.items() if name != "note" and value not in (None, "")}
        try:
            self.dose = parse_dose({"kind": self.kind, **given})
        except ValidationError as error:
            for one in error.errors():
                name = str(one["loc"][-1]) if one["loc"] and str(one["loc"][-1]) in self.fields else None
                self.add_error(name, one["msg"].removeprefix("Value error, "))
        return cleaned


def _number(
    label: Any, *, least: int = 1, most: int, required: bool = True, help_text: Any = ""
) -> forms.IntegerField:
    between = format_lazy(_("Write a whole number from {least} to {most}."), least=str(least), most=str(most))
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        help_text=help_text,
        error_messages={
            "required": FILL_IN,
            "invalid": between,
            "min_value": between,
            "max_value": between,
        },
    )


def _note() -> forms.CharField:
    return forms.CharField(
        label=_("Note for this patient"),
        max_length=300,
        required=False,
        help_text=_("Printed beside the component, in your words."),
    )


class RepetitionsForm(DoseForm):
    kind = "repetitions"
    sets = _number(_("Sets"), most=20)
    reps = _number(_("Repetitions"), most=100)
    hold_seconds = _number(_("Hold, seconds"), most=600, required=False)
    times_a_day = _number(_("Times a day"), most=24)
    days_a_week = _number(_("Days a week"), most=7)
    note = _note()


class DurationForm(DoseForm):
    kind = "duration"
    minutes = _number(_("Minutes"), most=240)
    times_a_day = _number(_("Times a day"), most=24)
    every_hours = _number(
        _("Or every … waking hours"), most=12, required=False, help_text=_("Replaces the times a day.")
    )
    days_a_week = _number(_("Days a week"), most=7)
    step_up_minutes = _number(_("Minutes more each week"), most=60, required=False)
    note = _note()


class ThermalForm(DoseForm):
    kind = "thermal"
    minutes = _number(_("Minutes"), most=480)
    times_a_day = _number(_("Times a day"), most=24)
    for_days = _number(_("For days"), most=90, required=False)
    before = forms.ChoiceField(
        label=_("Just before"),
        required=False,
        choices=[NOTHING, ("mobility", _("movement exercises")), ("stretching", _("stretching"))],
    )
    cold_minutes = _number(_("Then cold, minutes"), most=30, required=False)
    rounds = _number(_("Rounds of heat and cold"), most=10, required=False)
    note = _note()


class SessionsForm(DoseForm):
    kind = "sessions"
    sessions_a_week = _number(_("Sessions a week"), most=14)
    weeks = _number(_("Weeks"), most=52)
    minutes = _number(_("Minutes each"), most=240, required=False)
    note = _note()


class MedicineForm(DoseForm):
    kind = "medicine"
    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=Decimal("0.001"),
        max_value=Decimal(10000),
        max_digits=8,
        decimal_places=3,
        help_text=_("As prescribed, with a point: 2.5"),
        error_messages={
            "required": FILL_IN,
            "invalid": _("Write the amount in digits, with a point: 2.5"),
            "min_value": _("The amount must be more than nothing."),
            "max_value": _("This amount is too large. Check the unit."),
            "max_digits": _("This amount is too large. Check the unit."),
            "max_whole_digits": _("This amount is too large. Check the unit."),
            "max_decimal_places": _("At most three digits after the point."),
        },
    )
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("mg", "mg"), ("g", "g"), ("microgram", _("microgram")), ("ml", "ml")]
    )
    times_a_day = _number(_("Times a day"), most=24)
    course_days = _number(_("Course, days"), most=365)
    when = forms.ChoiceField(
        label=_("When"),
        required=False,
        choices=[NOTHING, ("bedtime", _("at bedtime")), ("with_food", _("with food"))],
    )
    as_needed = forms.BooleanField(label=_("Only when needed"), required=False)
    note = _note()

    def clean_amount(self) -> Decimal:
        """Without trailing zeros: "10.0 mg" is read as 100 mg, and "10.000" as ten thousand where points group."""
        amount: Decimal = self.cleaned_data["amount"]
        return Decimal(f"{amount.normalize():f}")


class AdviceForm(DoseForm):
    kind = "advice"
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=[
            ("daily", _("every day")),
            ("when_it_applies", _("whenever it applies")),
            ("every_minutes", _("every so many minutes")),
        ],
    )
    every_minutes = _number(_("Minutes between"), least=5, most=240, required=False)
    note = _note()


FORM_OF: dict[str, type[DoseForm]] = {
    form.kind: form
    for form in (RepetitionsForm, DurationForm, ThermalForm, SessionsForm, MedicineForm, AdviceForm)
}


# What a kind of dose begins with when a component has none of that kind yet.
FIRST_NUMBERS = {"sets": 1, "times_a_day": 1, "days_a_week": 7, "unit": "mg", "frequency": "daily"}


def part_of_form(kind: str, data: Any = None, *, dose: Dose | None = None) -> DoseForm:
    """The fields of one kind of dose inside a larger form; filled with ``dose`` where it is of that kind."""
    of_kind = dose if dose is not None and dose.kind == kind else None
    initial = {} if of_kind else FIRST_NUMBERS
    return FORM_OF[kind](data, dose=of_kind, initial=initial, is_part=True, prefix=PART)


def dose_form(dose: Dose, data: Any = None, *, note: str = "", auto_id: str = "id_%s") -> DoseForm:
    """The form for this dose's kind, filled with it, bound to ``data`` when given.

    ``auto_id`` keeps apart the fields of two items that are open on one page, so that each label finds its own.
    """
    return FORM_OF[dose.kind](data, dose=dose, initial={"note": note}, auto_id=auto_id)
