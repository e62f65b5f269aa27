"""Forms of the library workshop: structured fields are checked as strictly as the starter files."""

from __future__ import annotations

from typing import Any, get_args

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.library import whole
from careplans.library.conditions import Condition
from careplans.library.dose import dose_adapter
from careplans.library.starter_schema import BodyRegion
from careplans.library.workshop_fields import CheckedForm, LinesField

# The library knows nothing of the patients' room: codes read as words.
REGIONS = [(code, capfirst(code.replace("_", " "))) for code in get_args(BodyRegion)]
CONDITION_KINDS = [one.model_fields["kind"].default for one in get_args(get_args(Condition)[0])]
A_DOSE = gettext_lazy(
    'Such as {"kind": "duration", "minutes": 10, "times_a_day": 2}. Kinds: repetitions, duration, thermal, sessions, medicine, advice.'
)
SOURCES = gettext_lazy('Such as [{"source": "B5", "says": "…"}], with codes from the list of sources.')
TAGS = gettext_lazy("What safety rules look for, such as sedating or latex. One on each line.")


class ComponentVersionForm(CheckedForm):
    checks = {"default_dose": dose_adapter, "sources": whole.sources}
    examples = {"default_dose": A_DOSE, "sources": SOURCES}

    body_regions = forms.MultipleChoiceField(
        label=gettext_lazy("Body regions"), choices=REGIONS, widget=forms.CheckboxSelectMultiple
    )
    tags = LinesField(label=gettext_lazy("Tags"), required=False, help_text=TAGS)
    equipment = LinesField(label=gettext_lazy("Equipment"), required=False)
    cautions = LinesField(label=gettext_lazy("Cautions"), required=False)

    def clean_body_regions(self) -> Any:
        """In the order they had, unless there are others now."""
        chosen, before = self.cleaned_data["body_regions"], self.instance.body_regions
        return before if {*chosen} == {*before} else chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.refuse("tags", whole.unknown_tags(cleaned.get("tags", ())))
        component = self.instance.component if self.instance.component_id else cleaned.get("component")
        if component and "sources" in cleaned:
            self.refuse("sources", whole.unknown_sources(component.clinic_id, cleaned["sources"]))
        return cleaned


class ComponentTextForm(CheckedForm):
    steps = LinesField(label=gettext_lazy("Steps"))


class TemplateVersionForm(CheckedForm):
    checks = {"texts": whole.template_texts, "sources": whole.sources}
    examples = {
        "sources": SOURCES,
        "texts": gettext_lazy(
            "For each language, English (en) at least: title, summary and for_patient, each a text."
        ),
    }

    body_region = forms.ChoiceField(label=gettext_lazy("Body region"), choices=REGIONS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        template = self.instance.template if self.instance.template_id else cleaned.get("template")
        if template and "sources" in cleaned:
            self.refuse("sources", whole.unknown_sources(template.clinic_id, cleaned["sources"]))
        return cleaned


class TemplatePhaseForm(CheckedForm):
    checks = {"texts": whole.phase_texts, "criteria": whole.criteria}
    examples = {
        "check_in_days": gettext_lazy(
            "Days of the phase, counted from 0, such as [0, 3, 6]. [] when nothing is asked."
        ),
        "criteria": gettext_lazy(
            'What must hold before the next phase, such as {"pain_at_most": 4, "days_at_least": 7}. {} when nothing must.'
        ),
        "texts": gettext_lazy(
            "For each language, English (en) at least: name, a text; aims, avoid, move_on_when and step_back_when, each a list of texts."
        ),
    }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if {"days", "check_in_days"} <= cleaned.keys():
            problem = whole.problem_of_days(cleaned["days"], cleaned["check_in_days"])
            if problem:
                self.add_error("check_in_days" if cleaned["days"] else "days", problem)
        return cleaned


class TemplateItemForm(CheckedForm):
    checks = {"dose": dose_adapter}
    examples = {"dose": A_DOSE}


class SafetyRuleForm(CheckedForm):
    """A rule names components, tags or both; it applies when all of its conditions hold."""

    checks = {"when": whole.conditions}
    examples = {
        "when": gettext_lazy(
            'All of these must hold, such as [{"kind": "fact", "any_of": ["pregnancy"]}]. Kinds: %(kinds)s.'
        )
        % {"kinds": ", ".join(CONDITION_KINDS)}
    }

    components = LinesField(
        label=gettext_lazy("Components"),
        required=False,
        help_text=gettext_lazy("Codes from the list of components. One on each line."),
    )
    tags = LinesField(
        label=gettext_lazy("Tags"),
        required=False,
        help_text=gettext_lazy("Every component with one of these tags. One on each line."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("components") and not cleaned.get("tags"):
            self.add_error("components", _("Name at least one component or tag: the rule would never apply."))
        clinic, when = self.instance.clinic_id, cleaned.get("when")
        self.refuse("components", whole.unknown_components(clinic, cleaned.get("components", ())))
        self.refuse("tags", whole.unknown_tags(cleaned.get("tags", ())))
        self.refuse(
            "when",
            [
                *whole.unknown_components(clinic, whole.named_together(when, "components")),
                *whole.unknown_tags(whole.named_together(when, "tags")),
            ],
        )
        return cleaned


class RedFlagForm(CheckedForm):
    checks = {"texts": whole.red_flag_texts}
    examples = {
        "texts": gettext_lazy(
            "For each language, English (en) at least: question, sign and what_to_do, each a text."
        )
    }
