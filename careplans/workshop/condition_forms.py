"""One form for each kind of condition a safety rule may have; the condition itself stays the judge of what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from careplans.library import whole
from careplans.library.condition_words import tag_in_words
from careplans.library.conditions import Condition, condition_adapter
from careplans.workshop.fact_choices import FactSection, FactsField, sections_of
from careplans.workshop.written import LinesField
from patients.forms.fields import PickField, PickManyField

UNITS = [("mg", "mg"), ("g", "g"), ("microgram", gettext_lazy("microgram")), ("ml", "ml")]
TAGS = sorted(((tag, tag_in_words(tag)) for tag in whole.TAGS), key=lambda one: one[1].casefold())
MOST_NAMES = 80
AMOUNT = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
    gettext_lazy("Write an amount in digits, with a point: 2.5"),
)


def tags_field(label: Any, help_text: Any = "") -> PickManyField:
    return PickManyField(label=label, choices=TAGS, required=False, help_text=help_text)


class CodesField(forms.MultipleChoiceField):
    """Codes of components. Which there are, the library says."""

    widget = forms.MultipleHiddenInput

    def valid_value(self, value: Any) -> bool:
        return True


def whole_number(label: Any, *, least: int, most: int, help_text: Any = "", required: bool = True) -> Any:
    says = format_lazy(
        gettext_lazy("Write a whole number from {least} to {most}."), least=str(least), most=str(most)
    )
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=help_text,
        required=required,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), says),
    )


class ConditionForm(forms.Form):
    """``condition`` holds the result after ``is_valid``."""

    kind: str
    label: Any
    explains: Any = ""
    use_required_attribute = False
    condition: Condition

    def __init__(self, *args: Any, condition: Condition | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = condition
        if condition is not None:
            self.initial = self.initial_of(condition.model_dump())

    def initial_of(self, data: dict[str, Any]) -> dict[str, Any]:
        return data

    def data_of(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What the condition is made of; what is empty keeps the condition's own default."""
        return {name: value for name, value in cleaned.items() if value not in (None, "", [], ())}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            self.condition = condition_adapter.validate_python({"kind": self.kind, **self.data_of(cleaned)})
        except ValidationError as error:
            for one in error.errors():
                place = [name for name in one["loc"] if name in self.fields]
                self.add_error(str(place[0]) if place else None, one["msg"].removeprefix("Value error, "))
        return cleaned


class FactForm(ConditionForm):
    kind = "fact"
    label = gettext_lazy("A clinical fact")
    explains = gettext_lazy("Holds when at least one of these is on the patient's record.")
    any_of = FactsField(
        label=gettext_lazy("Facts"),
        error_messages={"required": gettext_lazy("Choose at least one fact.")},
    )
    days_after = whole_number(
        gettext_lazy("Still counts so many days after it was over"),
        least=0,
        most=3650,
        required=False,
        help_text=gettext_lazy(
            "Leave empty or 0 where only what is true now counts. For a medicine, the days it needs to leave the body."
        ),
    )

    @property
    def sections(self) -> list[FactSection]:
        return sections_of(self["any_of"])


class AgeForm(ConditionForm):
    kind = "age"
    label = gettext_lazy("Age")
    at_least = whole_number(gettext_lazy("This old or older, in years"), least=0, most=120)


class CourseForm(ConditionForm):
    kind = "course"
    label = gettext_lazy("A course that is too long")
    explains = gettext_lazy("Counts the days of the medicine over all phases and the patient's other plans.")
    longer_than_days = whole_number(gettext_lazy("More than so many days"), least=0, most=3650)


class TogetherForm(ConditionForm):
    kind = "together"
    label = gettext_lazy("Something else in the plan")
    explains = gettext_lazy(
        "Holds when the plan, or another running plan of the patient, also has a different component that is one of these or has one of these tags."
    )
    tags = tags_field(gettext_lazy("Tags of the other one"))
    components = CodesField(label=gettext_lazy("The other component"), required=False)


class BeforeDayForm(ConditionForm):
    kind = "before_day"
    label = gettext_lazy("Too soon after surgery")
    explains = gettext_lazy(
        "The plan's own day counts; where the plan has none, the usual day for the patient's surgery."
    )
    day = PickField(
        label=gettext_lazy("Before"),
        widget=forms.RadioSelect,
        choices=[
            ("cold_to_heat", gettext_lazy("the day cold may change to heat")),
            ("clearance", gettext_lazy("the surgical clearance day, from which load is allowed")),
        ],
    )


class AllergyForm(ConditionForm):
    kind = "allergy"
    label = gettext_lazy("An allergy")
    explains = gettext_lazy(
        "Holds when an allergy on the record names one of these, however it is spelled, with capitals or hyphens."
    )
    materials = LinesField(
        label=gettext_lazy("Materials or medicines"),
        most=MOST_NAMES,
        help_text=gettext_lazy("One on each line."),
    )
    also_called = LinesField(
        label=gettext_lazy("Also written as"),
        most=MOST_NAMES,
        help_text=gettext_lazy("Brands, related substances and frequent misspellings, one on each line."),
    )

    def clean_materials(self) -> tuple[str, ...]:
        names: tuple[str, ...] = self.cleaned_data["materials"]
        if not names:
            raise forms.ValidationError(_("Name at least one material or medicine."))
        return self._short(names)

    def clean_also_called(self) -> tuple[str, ...]:
        return self._short(self.cleaned_data["also_called"])

    @staticmethod
    def _short(names: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(name) > 80 for name in names):
            raise forms.ValidationError(_("Each name has at most 80 characters."))
        return names


class DoseLimitForm(ConditionForm):
    kind = "dose"
    label = gettext_lazy("Too high a dose")
    explains = gettext_lazy(
        "Holds when the medicine is more than one of these, or is written in another unit. Three times as much is refused outright when a plan is published."
    )
    unit = PickField(label=gettext_lazy("Both amounts are in"), choices=UNITS)
    most_each = forms.DecimalField(
        label=gettext_lazy("The most at a time"),
        error_messages=AMOUNT,
        min_value=Decimal("0.001"),
        max_value=Decimal(100000),
        max_digits=9,
        decimal_places=3,
    )
    most_a_day = forms.DecimalField(
        label=gettext_lazy("The most a day"),
        error_messages=AMOUNT,
        min_value=Decimal("0.001"),
        max_value=Decimal(100000),
        max_digits=9,
        decimal_places=3,
    )
    also = PickManyField(
        label=gettext_lazy("May also be written in"),
        choices=UNITS,
        required=False,
        help_text=gettext_lazy("Amounts in these are converted. Millilitres cannot be."),
    )

    def initial_of(self, data: dict[str, Any]) -> dict[str, Any]:
        first, *rest = data["units"]
        return {**data, "unit": first, "also": rest}

    def data_of(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        units = dict.fromkeys([cleaned["unit"], *cleaned["also"]])
        return {
            "units": list(units),
            "most_each": _plain(cleaned["most_each"]),
            "most_a_day": _plain(cleaned["most_a_day"]),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        each, a_day = cleaned.get("most_each"), cleaned.get("most_a_day")
        if each is not None and a_day is not None and a_day < each:
            self.add_error("most_a_day", _("The most a day cannot be less than the most at a time."))
        return cleaned


def _plain(amount: Decimal) -> Decimal:
    """Without trailing zeros, as doses are written."""
    return Decimal(f"{amount.normalize():f}")


class StoppedForm(ConditionForm):
    kind = "stopped"
    label = gettext_lazy("It stops early")
    explains = gettext_lazy(
        "Holds when the patient was told to do it and it ends sooner in the new version, is taken out, or the plan ends."
    )
    ended_within_days = whole_number(
        gettext_lazy("Also when it ran out so many days ago"),
        least=0,
        most=365,
        required=False,
        help_text=gettext_lazy("Leave empty or 0 where it must have been running until now."),
    )


class AlwaysForm(ConditionForm):
    kind = "always"
    label = gettext_lazy("Always")
    explains = gettext_lazy("Holds for each plan that has what the rule aims at.")


CONDITION_FORMS: dict[str, type[ConditionForm]] = {
    form.kind: form
    for form in (
        FactForm,
        AgeForm,
        CourseForm,
        TogetherForm,
        BeforeDayForm,
        AllergyForm,
        DoseLimitForm,
        StoppedForm,
        AlwaysForm,
    )
}


@dataclass(frozen=True)
class Kind:
    """A kind of condition to be added."""

    code: str
    label: str


def kinds() -> list[Kind]:
    return [Kind(code, str(form.label)) for code, form in CONDITION_FORMS.items()]


def read(forms_: Iterable[ConditionForm]) -> list[Condition | None]:
    """The conditions as far as they can be read, without saying what is wrong with the others."""
    return [_read(form) for form in forms_]


def _read(form: ConditionForm) -> Condition | None:
    if not form.is_bound:
        return form.stored
    probe = type(form)(form.data, prefix=form.prefix)
    return probe.condition if probe.is_valid() else None
