"""Forms that read an answer, whole or in part, into a ``GivenAnswer``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _

from careplans.checkins.answer import GivenAnswer
from careplans.checkins.forms.fields import DONE, FLAG, first_fields, second_fields
from careplans.checkins.models import Answer
from careplans.checkins.questions import Questions


class QuestionsForm(forms.Form):
    """What the forms share: fields from the questions, and reading whatever of them is usable."""

    # The browser must not hold back a raised red flag because a number is missing below it.
    use_required_attribute = False

    def __init__(self, questions: Questions, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.add_fields()

    def add_fields(self) -> None:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        now, worst = cleaned.get("pain_now"), cleaned.get("pain_worst")
        if now is not None and worst is not None and worst < now:
            self.add_error(
                "pain_worst", _("The worst pain cannot be less than the pain now. Please check both numbers.")
            )
        return cleaned

    def bound(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    @property
    def flags(self) -> list[forms.BoundField]:
        return self.bound(FLAG)

    @property
    def done(self) -> list[forms.BoundField]:
        return self.bound(DONE)

    @property
    def raised(self) -> frozenset[str]:
        """Codes of the flags answered yes, whatever else is wrong on the form."""
        return frozenset(code for code, is_yes in self._of(FLAG).items() if is_yes)

    def given(self, *, is_complete: bool) -> GivenAnswer:
        """Everything usable that came in; also of a form with mistakes, then never complete."""
        cleaned = self.cleaned_data
        return GivenAnswer(
            red_flags=self._of(FLAG),
            pain_now=cleaned.get("pain_now"),
            pain_worst=cleaned.get("pain_worst"),
            function=cleaned.get("function"),
            spasm_frequency=cleaned.get("spasm_frequency") or "",
            done=self._of(DONE),
            barriers=tuple(cleaned.get("barriers") or ()),
            side_effects=tuple(cleaned.get("side_effects") or ()),
            wants_call=cleaned.get("wants_call"),
            comment=(cleaned.get("comment") or "").strip(),
            is_complete=is_complete and not self.errors,
        )

    def _of(self, prefix: str) -> dict[str, Any]:
        """Values of the fields with a prefix; a question passed over is left out."""
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and value not in (None, "")
        }


class FirstPageForm(QuestionsForm):
    """Red flags and pain: what cannot wait comes first and is stored first."""

    def add_fields(self) -> None:
        self.fields.update(first_fields(self.questions))


class SecondPageForm(QuestionsForm):
    """The rest."""

    def add_fields(self) -> None:
        self.fields.update(second_fields(self.questions))


class PhoneForm(QuestionsForm):
    """Both pages on one, written down by staff while they speak with the patient.

    A question is asked in the patient's language, with the staff's words for it below; the answers to tap stay
    in the staff's.
    """

    def __init__(self, questions: Questions, *args: Any, language: str, **kwargs: Any) -> None:
        self.language = language
        super().__init__(questions, *args, **kwargs)

    def add_fields(self) -> None:
        self.fields.update(self._both_pages())
        with translation.override(self.language):
            aloud = self._both_pages()
        for name, field in self.fields.items():
            if aloud[name].label != field.label:
                field.label, field.help_text = aloud[name].label, field.label or ""
        for flag in self.questions.red_flags:
            self.fields[f"{FLAG}{flag.code}"].help_text = flag.clinician_label

    def _both_pages(self) -> dict[str, forms.Field]:
        return dict([*first_fields(self.questions), *second_fields(self.questions)])


def said_so_far(answer: Answer | None) -> dict[str, Any]:
    """What a half-finished answer holds, as initial values: only what the patient chose, never a default."""
    if answer is None:
        return {}
    said: dict[str, Any] = {
        f"{FLAG}{code}": "yes" if is_yes else "no" for code, is_yes in answer.red_flags.items()
    }
    said |= {"pain_now": answer.pain_now, "pain_worst": answer.pain_worst, "function": answer.function}
    return said
