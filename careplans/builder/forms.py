"""Forms of the builder besides the doses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.builder.date_forms import SURGERY_FIELDS, DatesFields, start_choices
from careplans.builder.publish import reason_to_end
from careplans.core.crispy import FormHelper
from careplans.library.models import Category, TemplateVersion
from careplans.plans.models import DraftPhase, Plan
from careplans.plans.safety import Finding
from patients.forms.fields import asking
from patients.models import Episode, Patient


class PlanStartForm(DatesFields):
    """Which episode, which template or none, and what the plan counts from where that is not left to the template."""

    episode = forms.ModelChoiceField(Episode.objects.none(), label=_("For"), empty_label=None)
    template = forms.ModelChoiceField(
        TemplateVersion.objects.none(), label=_("Template"), required=False, empty_label=None
    )

    def __init__(self, *args: Any, patient: Patient, templates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.fields["episode"].queryset = patient.episodes.open()  # type: ignore[attr-defined]
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]
        has_surgery = patient.episodes.open().exclude(surgery_on=None).exists()
        anchors: Any = self.fields["anchor"]
        anchors.required, anchors.choices = False, start_choices(has_surgery=has_surgery)
        if not has_surgery:
            for name in SURGERY_FIELDS:
                del self.fields[name]

    @property
    def has_dates(self) -> bool:
        """Something was chosen or is wrong among the dates: the page shows them open."""
        return any(
            self[name].errors or self[name].value() for name in DatesFields.base_fields if name in self.fields
        )


class ItemAddForm(forms.Form):
    """Which component goes into which phase; the dose is its default and can be changed then."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    component = forms.UUIDField(widget=forms.HiddenInput)
    phase = forms.UUIDField(widget=forms.HiddenInput)


class RevisionForm(forms.Form):
    """What every change of a draft carries: the revision its writer saw."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class MoveForm(RevisionForm):
    direction = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])


class FindingDecisionForm(RevisionForm):
    finding = forms.CharField(max_length=200, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why you go on"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )


class ComponentFindForm(forms.Form):
    q = forms.CharField(label=_("Search the library"), required=False, max_length=80)
    category = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Category.choices]
    )


class CheckInDaysForm(RevisionForm):
    """Days of one phase on which the patient is asked, as the clinician counts: day 1 is the phase's first."""

    days = forms.CharField(
        label=_("Days of this phase"),
        required=False,
        max_length=100,
        help_text=_("Numbers with commas; day 1 is the first day of the phase. Leave empty for none."),
    )

    def __init__(self, *args: Any, phase: DraftPhase, **kwargs: Any) -> None:
        days = ", ".join(str(day + 1) for day in phase.check_in_days)
        kwargs["initial"] = {"days": days} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()

    def clean_days(self) -> list[int]:
        parts = self.cleaned_data["days"].replace(";", ",").split(",")
        try:
            return [int(part) - 1 for part in parts if part.strip()]
        except ValueError as error:
            raise forms.ValidationError(_("Write numbers with commas, such as 2, 7, 14.")) from error


class PlanEndForm(forms.Form):
    """How and why a plan ends, with an answer to each finding on what stops with it."""

    state = forms.ChoiceField(
        label=_("How does it end?"),
        widget=forms.RadioSelect,
        choices=[
            (Plan.State.COMPLETED, _("Completed: the patient is done with it")),
            (Plan.State.STOPPED, _("Stopped: it should not be followed any longer")),
        ],
        error_messages={"required": _("Please choose one.")},
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("For the record; the patient does not see it."),
        error_messages={"required": _("Please fill this in.")},
    )

    def __init__(self, *args: Any, findings: Sequence[Finding] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.findings = [finding for finding in findings if finding.needs_answer]
        for finding in self.findings:
            self.fields[answer_field(finding)] = _answer_to(finding)

    def clean_reason(self) -> str:
        return asking(reason_to_end, self.cleaned_data["reason"])

    @property
    def given(self) -> dict[str, Any]:
        """What the verb takes."""
        cleaned = self.cleaned_data
        answers = {finding.key: str(cleaned[answer_field(finding)]) for finding in self.findings}
        return {"state": cleaned["state"], "reason": cleaned["reason"], "answers": answers}


def answer_field(finding: Finding) -> str:
    """The name of the field that answers a finding; it becomes an id, in which a colon would have to be escaped."""
    return f"answer-{finding.key}".replace(":", "-")


def _answer_to(finding: Finding) -> forms.Field:
    """A stop is answered in words, a caution by a tick."""
    about = f"{finding.message} {finding.instead}"
    if finding.severity == "stop":
        return forms.CharField(
            label=_("%(title)s: how this is made safe") % {"title": finding.item_title},
            max_length=500,
            help_text=about,
            widget=forms.Textarea({"rows": 2}),
            error_messages={"required": _("Write how it is lowered, or who goes on prescribing it.")},
        )
    return forms.BooleanField(
        label=_("%(title)s: I have considered this") % {"title": finding.item_title},
        help_text=about,
        error_messages={"required": _("Please confirm that you have considered this.")},
    )
