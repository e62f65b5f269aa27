"""Forms of the template editor. Each change names the revision its writer saw."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.core.crispy import FormHelper
from careplans.library.dose import Dose
from careplans.library.dose_forms import FORM_OF, DoseForm, dose_form
from careplans.library.edit_template import LAST_DAY, PhaseSays
from careplans.library.edit_template.phases import LISTS, NAME_LENGTH
from careplans.library.models import Category, PhaseStart, TemplatePhase
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.workshop.given_back import Typed
from careplans.workshop.template_fields import LinesField
from careplans.workshop.template_general_forms import GeneralForm
from patients.forms.fields import LineField, PickField


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
