"""The fields the questions are made of. None has a default: what was not chosen was not said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from careplans.checkins.answer import MAX_COMMENT
from careplans.checkins.models import Answer, AnswerItem
from careplans.checkins.questions import Barrier, Questions
from careplans.library.markdown import plain

FLAG, DONE = "flag_", "done_"
YES, NO = "yes", "no"


def first_fields(questions: Questions) -> Iterator[tuple[str, forms.Field]]:
    """Red flags, then pain."""
    for flag in questions.red_flags:
        yield f"{FLAG}{flag.code}", yes_or_no(plain(flag.question))
    yield "pain_now", score(_("How strong is your pain now?"))
    yield "pain_worst", score(_("How strong was it at its worst since you were last asked?"))


def second_fields(questions: Questions) -> Iterator[tuple[str, forms.Field]]:
    """How it goes, what was done, what it did, and whether a person should call."""
    yield "function", score(_("How well can you do what you need to do in a day?"))
    yield "spasm_frequency", choice(_("How often do your muscles cramp?"), Answer.SpasmFrequency.choices)
    for item in questions.items:
        yield (
            f"{DONE}{item.component_code}",
            choice(
                _("How often did you do this: %(title)s?") % {"title": item.title},
                AnswerItem.Done.choices,
                required=False,
            ),
        )
    if questions.items:
        yield (
            "barriers",
            several(
                _("If you did less than planned: what got in the way? Choose all that fit."), Barrier.choices
            ),
        )
    if questions.side_effects:
        effects = [(effect.value, effect.label) for effect in questions.side_effects]
        yield "side_effects", several(_("Have you had any of these? Choose all that fit."), effects)
    yield "wants_call", yes_or_no(_("Would you like us to call you?"))
    yield (
        "comment",
        forms.CharField(
            label=_("Is there anything else we should know?"),
            widget=forms.Textarea(attrs={"rows": 4}),
            max_length=MAX_COMMENT,
            required=False,
        ),
    )


def score(label: str, *, required: bool = True) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[(number, str(number)) for number in range(11)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=required,
        error_messages={
            "required": _("Choose a number from 0 to 10."),
            "invalid_choice": _("Choose a number from 0 to 10."),
        },
    )


def yes_or_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[(YES, _("Yes")), (NO, _("No"))],
        coerce=lambda value: value == YES,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no."), "invalid_choice": _("Choose yes or no.")},
    )


def several(label: str, choices: list[tuple[str, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False
    )


def choice(label: str, choices: list[tuple[str, Any]], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        required=required,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
