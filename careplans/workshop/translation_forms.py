"""The form of a translation: a field for each thing the English says, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from careplans.handouts.words import direction_of
from careplans.library.translations import ENGLISH, Passage, Words, languages, words_of
from careplans.workshop.written import LinesField, WordsField

ONE_LINE = frozenset({"title", "name", "sign", "question"})


def field_name(passage: Passage) -> str:
    """A point would have to be escaped wherever the field is looked for."""
    return passage.key.replace(".", "__")


class TranslationForm(forms.Form):
    """Its fields come from what there is to translate; each is in the language and direction it is written in."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        passages: tuple[Passage, ...],
        words: Words,
        language: str,
        data: Mapping[str, Any] | None = None,
        *,
        revision: int,
    ) -> None:
        self.passages = passages
        initial = {field_name(one): words.get(one.key) for one in passages} | {"revision": revision}
        super().__init__(data, initial=initial)
        for one in passages:
            field = _field_of(one)
            field.widget.attrs |= {"lang": language, "dir": direction_of(language)}
            self.fields[field_name(one)] = field

    def words(self) -> Words:
        """What stands in the form, by passage; what is wrong is left out."""
        given = ((one.key, self.cleaned_data.get(field_name(one))) for one in self.passages)
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in given
            if value is not None
        }


class DropForm(forms.Form):
    """``revision``: of the draft whose translation is taken out. ``is_meant``: what is taken out is not kept anywhere."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    is_meant = forms.BooleanField(
        label=_("Yes, take every word of it out of this draft"),
        error_messages={"required": _("Tick that it is meant. Nothing was taken out.")},
    )


def _field_of(passage: Passage) -> forms.Field:
    if passage.is_list:
        return LinesField(label=passage.label, rows=4, most=40, is_needed_later=True)
    is_short = passage.key.rsplit(".")[-1] in ONE_LINE
    rows, most = (1, 300) if is_short else (3, 1000)
    if passage.key == "title":
        most = 120
    return WordsField(label=passage.label, rows=rows, max_length=most, is_needed_later=True)


class ApproveForm(forms.Form):
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    has_compared = forms.BooleanField(
        label=_("I compared it with the English, line by line."),
        error_messages={
            "required": _("Tick this only if it is so. Without it the translation is not approved.")
        },
    )


class TranslationFilterForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"))
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("All kinds")),
            ("component", _("Components")),
            ("template", _("Templates")),
            ("red-flag", _("Red flags")),
        ],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("unapproved", _("Not approved")),
            ("missing", _("Missing or incomplete")),
            ("approved", _("Approved")),
        ],
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        names = dict(settings.LANGUAGES)
        offered = [(code, names[code]) for code in languages()]
        super().__init__({"language": offered[0][0] if offered else ""} | dict(data.items()))
        self.fields["language"].choices = offered  # type: ignore[attr-defined]  # a choice field


def words_in(version: Any, language: str) -> tuple[Words, Words]:
    """The English and the translation as stored, each empty where nothing is said."""
    said = words_of(version)
    return said.get(ENGLISH, {}), said.get(language, {})
