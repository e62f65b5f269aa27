"""Forms of the template editor. Each change names the revision its writer saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.core.crispy import FormHelper
from careplans.core.text import plain_line
from careplans.library.dose import Dose
from careplans.library.dose_forms import FORM_OF, DoseForm, dose_form
from careplans.library.edit_template import LAST_DAY, General, PhaseSays
from careplans.library.edit_template.general import (
    CODE_LENGTH,
    MOST_MONTHS,
    TITLE_LENGTH,
    months_until_review,
)
from careplans.library.edit_template.phases import LISTS, NAME_LENGTH
from careplans.library.models import Anchor, Category, PhaseStart, TemplatePhase, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.workshop.given_back import Typed
from patients.forms.fields import LineField, PickField, asking
from patients.models import Episode

EMPTY_SOURCES = 2
MOST_SOURCES = 20


class RevisionForm(forms.Form):
    """What every change of a draft carries."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class MoveForm(RevisionForm):
    """A button names the step; dropping with the mouse names the phase and the place in it."""

    step = forms.ChoiceField(
        choices=[(one, one) for one in ("up", "down", "earlier", "later")], required=False
    )
    phase = forms.UUIDField(required=False)
    position = forms.IntegerField(min_value=0, max_value=9999, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("step") and (cleaned.get("phase") is None or cleaned.get("position") is None):
            raise forms.ValidationError(_("Say where it goes."))
        return cleaned


class PhaseMoveForm(RevisionForm):
    step = forms.ChoiceField(choices=[("earlier", "earlier"), ("later", "later")])


class ItemAddForm(RevisionForm):
    phase = forms.UUIDField(widget=forms.HiddenInput)
    component = forms.UUIDField(widget=forms.HiddenInput)


class FindForm(forms.Form):
    """Which component is looked for, and into which phase it is to go."""

    phase = forms.UUIDField()
    q = forms.CharField(label=gettext_lazy("Search the library"), required=False, max_length=80)
    category = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *Category.choices],
    )


class LinesField(forms.CharField):
    """Short texts, one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(line) for line in value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        lines = [asking(plain_line, line) for line in str(value or "").splitlines()]
        return [line for line in lines if line]

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))


class TextField(forms.CharField):
    """A few sentences on one or more lines."""

    def __init__(self, *, rows: int = 3, max_length: int = 2000, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(widget=widget, max_length=max_length, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return "\n".join(asking(plain_line, line) for line in text.splitlines()).strip()


class Beginning(forms.Form):
    title = LineField(label=gettext_lazy("Title"), max_length=TITLE_LENGTH)
    body_region = PickField(
        label=gettext_lazy("Body region"),
        choices=[("", gettext_lazy("Choose a region")), *Episode.BodyRegion.choices],
    )
    anchor = PickField(
        label=gettext_lazy("Days count from"),
        choices=Anchor.choices,
        help_text=gettext_lazy("This is day 0 of each plan made of it."),
    )


class NewTemplateForm(Beginning):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()


class CopyForm(forms.Form):
    """What the clinic's own copy is called; its code names it in files."""

    title = LineField(label=gettext_lazy("Title of your copy"), max_length=TITLE_LENGTH)
    code = LineField(
        label=gettext_lazy("Code"),
        max_length=CODE_LENGTH,
        help_text=gettext_lazy("Small letters, digits and hyphens, such as after-a-fall."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()


class GeneralForm(Beginning, RevisionForm):
    """What the template says of itself, in English; sources in rows, with two empty ones at the end."""

    summary = TextField(
        label=gettext_lazy("For the clinician who picks it"),
        help_text=gettext_lazy("When it fits, and what it leads to."),
    )
    for_patient = TextField(
        label=gettext_lazy("What this plan is for"),
        help_text=gettext_lazy("Printed on the handout, in the patient's words."),
    )
    cold_to_heat_day = forms.IntegerField(
        label=gettext_lazy("Heat from day"),
        min_value=0,
        max_value=730,
        required=False,
        help_text=gettext_lazy("After surgery. Empty: the usual day for the type of surgery."),
    )
    clearance_day = forms.IntegerField(
        label=gettext_lazy("Bending and lifting from day"),
        min_value=0,
        max_value=730,
        required=False,
        help_text=gettext_lazy("After surgery. Empty: the usual day for the type of surgery."),
    )
    review_months = forms.IntegerField(
        label=gettext_lazy("Look at it again after, months"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=gettext_lazy("Counted from its approval."),
    )

    def __init__(
        self, *args: Any, version: TemplateVersion, sources: Mapping[str, str], **kwargs: Any
    ) -> None:
        stored = version.texts.get(FALLBACK_LANGUAGE, {})
        names = ("body_region", "anchor", "cold_to_heat_day", "clearance_day")
        kwargs["initial"] = {
            **{name: stored.get(name, "") for name in ("title", "summary", "for_patient")},
            **{name: getattr(version, name) for name in names},
            "revision": version.revision,
            "review_months": months_until_review(version),
            **_source_rows(version.sources),
        }
        super().__init__(*args, **kwargs)
        self.rows = min(MOST_SOURCES, max(len(version.sources), self._sent()) + EMPTY_SOURCES)
        for number in range(self.rows):
            self._add_row(number, sources)
        self.helper = FormHelper()
        self.helper.layout = self._layout()

    def _sent(self) -> int:
        """How many rows were sent with something in them."""
        filled = [
            n for n in range(MOST_SOURCES) if (self.data.get(f"says_{n}") or self.data.get(f"source_{n}"))
        ]
        return filled[-1] + 1 if filled else 0

    def _add_row(self, number: int, sources: Mapping[str, str]) -> None:
        shown = [(code, f"{code}: {title}" if title else code) for code, title in sorted(sources.items())]
        known = self.initial.get(f"source_{number}")
        if known and known not in sources:
            shown.append((known, known))
        self.fields[f"source_{number}"] = PickField(
            label=_("Source %(number)d") % {"number": number + 1},
            required=False,
            choices=[("", _("No source")), *shown],
        )
        self.fields[f"says_{number}"] = LineField(
            label=_("What source %(number)d says") % {"number": number + 1}, max_length=500, required=False
        )

    def _layout(self) -> Layout:
        rows = [
            Div(f"source_{number}", f"says_{number}", css_class="source-row") for number in range(self.rows)
        ]
        return Layout(
            "revision",
            "title",
            "summary",
            "for_patient",
            Div("body_region", "anchor", css_class="form-pair"),
            Div("cold_to_heat_day", "clearance_day", css_class="form-pair"),
            Fieldset(_("Sources"), *rows, css_class="section"),
            "review_months",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(self.rows):
            source, says = cleaned.get(f"source_{number}"), cleaned.get(f"says_{number}")
            if says and not source:
                self.add_error(f"source_{number}", _("Choose the source that says this."))
            if source and not says:
                self.add_error(f"says_{number}", _("Write what it says."))
        return cleaned

    @property
    def general(self) -> General:
        cleaned = self.cleaned_data
        sources = [
            {"source": cleaned[f"source_{number}"], "says": cleaned[f"says_{number}"]}
            for number in range(self.rows)
            if cleaned[f"source_{number}"]
        ]
        names = (
            "title",
            "summary",
            "for_patient",
            "body_region",
            "anchor",
            "cold_to_heat_day",
            "clearance_day",
            "review_months",
        )
        return General(sources=sources, **{name: cleaned[name] for name in names})


class NewPhaseForm(RevisionForm):
    """A phase begins with a name and its days; the rest is written on it."""

    after = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = LineField(label=gettext_lazy("Name of the new phase"), max_length=NAME_LENGTH)
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=LAST_DAY, initial=14)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()

    @property
    def says(self) -> PhaseSays:
        return PhaseSays(name=self.cleaned_data["name"], days=self.cleaned_data["days"])


class PhaseForm(RevisionForm):
    """Everything a phase says; days within it are counted from 1, as people do."""

    name = LineField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        min_value=1,
        max_value=LAST_DAY,
        help_text=gettext_lazy("The phases after it begin earlier or later with it."),
    )
    starts = PickField(label=gettext_lazy("Begins"), choices=PhaseStart.choices)
    code = LineField(
        label=gettext_lazy("Code"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Names this phase in files. Leave it unless it misleads."),
    )
    aims = LinesField(
        label=gettext_lazy("Aims"), help_text=gettext_lazy("One on each line, in the patient's words.")
    )
    avoid = LinesField(label=gettext_lazy("What to avoid"), help_text=gettext_lazy("One on each line."))
    move_on_when = LinesField(label=gettext_lazy("Move on when"), help_text=gettext_lazy("One on each line."))
    step_back_when = LinesField(
        label=gettext_lazy("Step back when"), help_text=gettext_lazy("One on each line.")
    )
    pain_at_most = forms.IntegerField(
        label=gettext_lazy("Pain at most, 0 to 10"), min_value=0, max_value=10, required=False
    )
    adherence_at_least = forms.IntegerField(
        label=gettext_lazy("Done as planned at least, %"), min_value=0, max_value=100, required=False
    )
    days_at_least = forms.IntegerField(
        label=gettext_lazy("Days in this phase at least"), min_value=0, max_value=LAST_DAY, required=False
    )
    clinician_confirms = forms.BooleanField(label=gettext_lazy("A clinician confirms"), required=False)
    check_in_days = forms.CharField(
        label=gettext_lazy("Check-in days"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Numbers with commas; day 1 is the first day of the phase. Leave empty for none."
        ),
    )

    def __init__(self, *args: Any, phase: TemplatePhase, revision: int, **kwargs: Any) -> None:
        words = phase.texts.get(FALLBACK_LANGUAGE, {})
        kwargs["initial"] = {
            "revision": revision,
            **{name: words.get(name, "" if name == "name" else []) for name in ("name", *LISTS)},
            **{name: getattr(phase, name) for name in ("code", "days", "starts")},
            **{name: phase.criteria.get(name) for name in self._criteria()},
            "check_in_days": ", ".join(str(day + 1) for day in phase.check_in_days),
        }
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "revision",
            Div("name", "days", "starts", "code", css_class="phase-fields"),
            Div(*LISTS, css_class="phase-lines"),
            Fieldset(
                _("Before the next phase is proposed"),
                Div("pain_at_most", "adherence_at_least", "days_at_least", css_class="phase-fields"),
                "clinician_confirms",
                css_class="section",
            ),
            Fieldset(_("When the patient is asked"), "check_in_days", css_class="section"),
        )

    @staticmethod
    def _criteria() -> tuple[str, ...]:
        return ("pain_at_most", "adherence_at_least", "days_at_least", "clinician_confirms")

    def clean_check_in_days(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["check_in_days"].replace(";", ",").split(",")]
        if any(not (part.isascii() and part.isdigit() and len(part) < 6) for part in parts if part):
            raise forms.ValidationError(_("Write numbers with commas, such as 2, 7, 14."))
        return sorted({int(part) - 1 for part in parts if part})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        days, check_ins = cleaned.get("days"), cleaned.get("check_in_days")
        if days and check_ins and not all(0 <= day < days for day in check_ins):
            self.add_error(
                "check_in_days", _("Choose days from 1 to %(days)d of this phase.") % {"days": days}
            )
        return cleaned

    @property
    def says(self) -> PhaseSays:
        cleaned = self.cleaned_data
        criteria = {name: cleaned[name] for name in self._criteria() if cleaned[name] not in (None, False)}
        names = ("name", "days", "starts", "code", *LISTS, "check_in_days")
        return PhaseSays(criteria=criteria, **{name: cleaned[name] for name in names})


def item_form(dose: Dose, data: Any = None, *, why: str = "", auto_id: str = "id_%s") -> DoseForm:
    """The form of the dose's kind, with why it is here in place of a patient's note."""
    form = dose_form(dose, data, note=why, auto_id=auto_id)
    form.fields["note"] = LineField(
        label=_("Why it is in this phase"),
        max_length=300,
        required=False,
        help_text=_("For the clinician who uses the template; not printed."),
    )
    return form


def sent_words(sent: QueryDict) -> tuple[Typed, ...]:
    """What was typed into any form of the editor, under its label, when the form itself is gone."""
    said = [(name, " ".join(sent.getlist(name)).strip()) for name in sent]
    return tuple(
        Typed(str(_label_of(name)), value) for name, value in said if value and _label_of(name) is not None
    )


def _label_of(name: str) -> Any:
    if name.startswith(("source_", "says_")):
        return _("Source")
    known: tuple[type[forms.Form], ...] = (GeneralForm, PhaseForm, NewPhaseForm, *FORM_OF.values())
    for form in known:
        field = form.base_fields.get(name)
        if field is not None and not isinstance(field.widget, forms.HiddenInput):
            return field.label
    return None


def _source_rows(sources: Iterable[Mapping[str, str]]) -> dict[str, str]:
    rows: Iterator[tuple[int, Mapping[str, str]]] = enumerate(sources)
    return {
        key: value
        for number, one in rows
        for key, value in ((f"source_{number}", one["source"]), (f"says_{number}", one["says"]))
    }
