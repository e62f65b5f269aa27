"""What the lists of rules, red flags and sources can be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.library.models import ReviewState, Severity

CURRENT = "current"
STATES = [(CURRENT, _("In use or on the way")), *ReviewState.choices, ("", _("Any state"))]


@dataclass(frozen=True)
class Asked:
    words: str
    filters: dict[str, Any]


class WordsForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=80)

    @property
    def words(self) -> str:
        return str(self.cleaned_data["q"]) if self.is_valid() else ""


class StateForm(forms.Form):
    """``state`` is asked of those who keep the library; all others see what is in use."""

    q = forms.CharField(label=_("Search"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def __init__(self, data: Any, *, for_keepers: bool, **kwargs: Any) -> None:
        given = data.copy()
        given.setdefault("state", CURRENT)
        super().__init__(given, **kwargs)
        if not for_keepers:
            del self.fields["state"]

    @property
    def asked(self) -> Asked:
        """What is wrongly asked is not asked: an old link still shows a list."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        words, state = given.pop("q", ""), given.pop("state", "")
        if state == CURRENT:
            given["state__in"] = [ReviewState.APPROVED, ReviewState.IN_REVIEW, ReviewState.DRAFT]
        elif state:
            given["state"] = state
        return Asked(words, given)


class RuleListForm(StateForm):
    severity = forms.ChoiceField(
        label=_("What it does"), required=False, choices=[("", _("Anything")), *Severity.choices]
    )
    field_order = ("q", "severity", "state")
