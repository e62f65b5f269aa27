"""Forms of the component editor. They parse; what a version must say to be used is ``library.whole``'s business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from django import forms
from django.utils.text import capfirst, format_lazy, slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.library import starter_schema
from careplans.library.condition_words import ABBREVIATIONS
from careplans.library.dose import Dose
from careplans.library.dose_forms import FORM_OF, DoseForm, part_of_form
from careplans.library.edit_component import (
    CODE_LENGTH,
    TITLE_LENGTH,
    CitedSource,
    ComponentContent,
    proposed_code,
)
from careplans.library.edit_template.general import MOST_MONTHS
from careplans.library.models import Category, Effect, Grade, OwnPicture
from careplans.library.pictures import picture_codes
from careplans.workshop.picture_forms import OwnPictureForm
from careplans.workshop.written import LinesField, WordsField

REGIONS = [(code, capfirst(code.replace("_", " "))) for code in get_args(starter_schema.BodyRegion)]
TAGS = [
    (code, capfirst(ABBREVIATIONS.get(code, code.replace("_", " ")))) for code in get_args(starter_schema.Tag)
]
KINDS = [
    ("repetitions", _("Repetitions")),
    ("duration", _("Minutes of an activity")),
    ("thermal", _("Heat or cold")),
    ("sessions", _("Sessions with a professional")),
    ("medicine", _("Medicine")),
    ("advice", _("Advice")),
]
NO_PICTURE = ("", _("No picture"))
NO_CODE = _("No code can be made from this title. Write one.")
MOST_SOURCES = 20
EXTRA_SOURCES = 1


def picture_name(code: str) -> str:
    return capfirst(code.replace("-", " "))


class NewComponentForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=TITLE_LENGTH, help_text=_("In English, as patients read it.")
    )
    category = forms.ChoiceField(label=_("Kind"), choices=[("", "–"), *Category.choices])
    code = forms.CharField(
        label=_("Code"),
        max_length=CODE_LENGTH,
        required=False,
        help_text=_(
            "Small letters, digits and hyphens, such as ex-bridge. Rules and templates ask for it. Left empty, it is made from the title."
        ),
    )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if code != slugify(code):
            raise forms.ValidationError(_("Use small letters, digits and hyphens only."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"title", "category", "code"} <= cleaned.keys() and not cleaned["code"]:
            cleaned["code"] = proposed_code(cleaned["title"], cleaned["category"])
            if not cleaned["code"]:
                self.add_error("code", NO_CODE)
        return cleaned


class CopyForm(NewComponentForm):
    """Of the same kind as what is copied."""

    def __init__(self, *args: Any, category: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind_of_copy = category
        del self.fields["category"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if {"title", "code"} <= cleaned.keys() and not cleaned["code"]:
            cleaned["code"] = proposed_code(cleaned["title"], self.kind_of_copy)
            if not cleaned["code"]:
                self.add_error("code", NO_CODE)
        return cleaned

    def tell_taken(self, refusal: str) -> None:
        """At the field that led to the code that another component has."""
        if str(self["code"].value() or "").strip():
            self.add_error("code", refusal)
        else:
            self.add_error("title", _("Give the copy a title of its own, or write a code for it below."))


class NumberForm(forms.Form):
    """The version of the original that was looked at."""

    version = forms.IntegerField()

    def number(self) -> int:
        """0, which no version has, where none was named."""
        self.is_valid()
        return int(self.cleaned_data.get("version") or 0)


class TakeForm(NumberForm):
    """``replaces``: asked where the clinic wrote something itself that the original's words would replace."""

    replaces = forms.BooleanField(
        label=_("Replace what our clinic wrote in these fields"),
        error_messages={
            "required": _("Tick that what your clinic wrote itself may be replaced, or keep yours.")
        },
    )

    def __init__(self, *args: Any, has_own_words: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replaces"].required = has_own_words


class SourceRowForm(forms.Form):
    """An empty row is no source."""

    source = forms.ChoiceField(label=_("Source"), required=False)
    says = WordsField(label=_("What it says"), rows=2, max_length=1000, is_needed_later=True)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].is_needed_later = True  # type: ignore[attr-defined]  # read by the field's template
        self.fields["source"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("source") and not cleaned.get("says") and "says" not in self.errors:
            self.add_error("says", _("Write what this source says."))
        if cleaned.get("says") and not cleaned.get("source") and "source" not in self.errors:
            self.add_error("source", _("Choose which source says this."))
        return cleaned


SourceRows = forms.formset_factory(SourceRowForm, extra=EXTRA_SOURCES, max_num=MOST_SOURCES, absolute_max=40)


class ComponentForm(forms.Form):
    """A draft may be saved half written: almost nothing is required before it is submitted."""

    title = forms.CharField(
        label=_("Title"), max_length=TITLE_LENGTH, error_messages={"required": _("Write a title.")}
    )
    why = WordsField(label=_("What it is for"), is_needed_later=True, help_text=_("One or two sentences."))
    steps = LinesField(label=_("Steps"), rows=6, most=20, is_needed_later=True)
    feel = WordsField(label=_("How it should feel"), rows=2, max_length=600)
    watch_for = WordsField(label=_("Watch for"), rows=2, max_length=600)
    stop_if = WordsField(label=_("When to stop"), rows=2, max_length=600)
    clinician_text = WordsField(
        label=_("For the clinician"),
        rows=5,
        max_length=5000,
        help_text=_("May have lists: lines with - or 1."),
    )
    cautions = LinesField(label=_("Take care"), rows=3, most=20)
    body_regions = forms.MultipleChoiceField(
        label=_("Body regions"), choices=REGIONS, widget=forms.CheckboxSelectMultiple, required=False
    )
    tags = forms.MultipleChoiceField(
        label=_("Tags"),
        choices=TAGS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Safety rules ask for them: tick every one that is true of it."),
    )
    equipment = LinesField(label=_("Equipment"), rows=2, most=20)
    grade = forms.ChoiceField(label=_("Evidence"), choices=Grade.choices)
    effect = forms.ChoiceField(label=_("Effect"), choices=Effect.choices)
    effect_text = WordsField(label=_("Effect in words"), rows=3)
    kind = forms.ChoiceField(label=_("Kind of dose"), choices=KINDS)
    picture = forms.ChoiceField(
        label=_("Drawn picture"), required=False, widget=forms.RadioSelect, choices=[NO_PICTURE]
    )
    review_months = forms.IntegerField(
        label=_("Months until the next review"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=format_lazy(
            _("From 1 to {most}. Counted from the beginning of this draft; an approval counts anew."),
            most=str(MOST_MONTHS),
        ),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            format_lazy(
                _("Write a whole number from 1 to {most}: after two years at most somebody reads it again."),
                most=str(MOST_MONTHS),
            ),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("body_regions", "tags"):
            self.fields[name].is_needed_later = True  # type: ignore[attr-defined]  # read by the field's template
        codes = sorted(picture_codes())
        kept = str(self.initial.get("picture", ""))
        if kept and kept not in codes:
            codes.append(kept)  # of an installation with other drawings: it stays until another is chosen
        self.fields["picture"].choices = [NO_PICTURE, *((code, picture_name(code)) for code in codes)]  # type: ignore[attr-defined]  # a choice field

    def clean_body_regions(self) -> tuple[str, ...]:
        return _in_order_of(self.initial.get("body_regions", ()), self.cleaned_data["body_regions"])

    def clean_tags(self) -> tuple[str, ...]:
        return _in_order_of(self.initial.get("tags", ()), self.cleaned_data["tags"])


def _in_order_of(before: Any, chosen: list[str]) -> tuple[str, ...]:
    """As they were, unless there are others now: a form that was only opened changes nothing."""
    return tuple(before) if {*chosen} == {*before} else tuple(chosen)


class ComponentEditor:
    """The form of the draft, its dose, its sources and the clinic's own picture: four forms sent as one.

    ``pictures``: those the clinic uploaded; ``files``: a new one may be among them.
    """

    def __init__(
        self,
        content: ComponentContent,
        sources: list[tuple[str, str]],
        data: Mapping[str, Any] | None = None,
        *,
        pictures: Sequence[OwnPicture] = (),
        files: Any = None,
    ) -> None:
        self.content = content
        self.own = OwnPictureForm(data, files, pictures=pictures, chosen=content.own_picture_id)
        initial = {name: getattr(content, name) for name in ComponentForm.base_fields if name != "kind"}
        self.form = ComponentForm(data, initial=initial | {"kind": content.dose.kind})
        kind = str(data.get("kind", "")) if data else content.dose.kind
        self.kind = kind if kind in FORM_OF else content.dose.kind
        self.dose: DoseForm = part_of_form(self.kind, _with_marker(data, self.kind), dose=content.dose)
        rows = [{"source": one.source, "says": one.says} for one in content.sources]
        known = {code for code, _title in sources}
        gone = [(one.source, one.source) for one in content.sources if one.source not in known]
        self.sources: Any = SourceRows(
            data, initial=rows, prefix="sources", form_kwargs={"choices": [*sources, *gone]}
        )

    def is_valid(self) -> bool:
        # Each is asked, so that everything wrong is told at once.
        is_whole = all(
            [self.form.is_valid(), self.dose.is_valid(), self.sources.is_valid(), self.own.is_valid()]
        )
        if self.form.is_bound and not self.dose.is_bound:
            self.form.add_error("kind", _("Fill in the numbers of this kind of dose."))
        return is_whole

    @property
    def forms(self) -> tuple[forms.Form, ...]:
        return (self.form, self.dose, *self.sources, self.own)

    @property
    def has_errors(self) -> bool:
        return any(form.is_bound and form.errors for form in self.forms)

    def saved(self) -> ComponentContent:
        """What is to be stored; after ``is_valid``."""
        given = self.form.cleaned_data
        return ComponentContent(
            **{name: given[name] for name in given if name != "kind"},
            own_picture_id=self.own.chosen,
            sources=self._cited(),
            dose=self.dose.dose,
        )

    def so_far(self) -> ComponentContent:
        """What stands in the form now, wrong fields as they are stored: for looking at it while it is written."""
        self.is_valid()
        known = {name: getattr(self.content, name) for name in ComponentContent.__dataclass_fields__}
        given = {name: value for name, value in self.form.cleaned_data.items() if name != "kind"}
        return ComponentContent(
            **known
            | given
            | {
                "sources": self._cited(),
                "dose": self.dose_so_far or self.content.dose,
                "own_picture_id": self.own.chosen,
            }
        )

    @property
    def dose_so_far(self) -> Dose | None:
        """None while its numbers are missing or wrong."""
        return self.dose.dose if self.dose.is_valid() else None

    @property
    def doubts_of_dose(self) -> list[tuple[str, bool]]:
        """What is missing or wrong in its numbers, in words; each with whether somebody wrote it."""
        if not self.form.is_bound:
            return []
        if not self.dose.is_bound:
            return [(str(_("Fill in the numbers of this kind of dose.")), False)]
        return [
            (
                _doubt(str(self.dose.fields[name].label or "") if name in self.dose.fields else "", error),
                error.code != "required",
            )
            for name, errors in self.dose.errors.as_data().items()
            for error in errors
        ]

    def _cited(self) -> tuple[CitedSource, ...]:
        rows = (form.cleaned_data for form in self.sources if form.is_valid())
        return tuple(CitedSource(row["source"], row["says"]) for row in rows if row.get("source"))


def _doubt(label: str, error: forms.ValidationError) -> str:
    said = " ".join(error.messages)
    if error.code == "max_value":
        said = gettext("too large. %(allowed)s") % {"allowed": said}
    elif error.code == "min_value":
        said = gettext("too small. %(allowed)s") % {"allowed": said}
    return f"{label}: {said}" if label else said


def _with_marker(data: Mapping[str, Any] | None, kind: str) -> Mapping[str, Any] | None:
    """A change of kind without a script sends no field of the new kind: its form begins afresh and not with errors."""
    if data is None or data.get("shown_kind", kind) == kind:
        return data
    return None
