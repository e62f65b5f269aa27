"""Forms of a template as a whole: begun, copied, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.core.crispy import FormHelper
from careplans.library.edit_template import General
from careplans.library.edit_template.general import (
    CODE_LENGTH,
    MOST_MONTHS,
    TITLE_LENGTH,
    months_until_review,
)
from careplans.library.models import Anchor, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.workshop.template_fields import TextField
from patients.forms.fields import LineField, PickField
from patients.models import Episode

EMPTY_SOURCES = 2
MOST_SOURCES = 20


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


class GeneralForm(Beginning):
    """What the template says of itself, in English; sources in rows, with two empty ones at the end."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
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
        label=gettext_lazy("Months until the next review"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=format_lazy(
            gettext_lazy("From 1 to {most}. Counted from its approval."), most=str(MOST_MONTHS)
        ),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            format_lazy(
                gettext_lazy(
                    "Write a whole number from 1 to {most}: after two years at most somebody reads it again."
                ),
                most=str(MOST_MONTHS),
            ),
        ),
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


def _source_rows(sources: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {
        key: value
        for number, one in enumerate(sources)
        for key, value in ((f"source_{number}", one["source"]), (f"says_{number}", one["says"]))
    }
