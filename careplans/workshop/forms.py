"""Forms of the review and of finding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, get_args

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from careplans.core.crispy import FormHelper
from careplans.library.models import Category, Grade, ReviewState
from careplans.library.retired import REASON_LENGTH
from careplans.library.review import REVIEW_EVERY
from careplans.library.search import DUE, Question
from careplans.library.starter_schema import BodyRegion
from careplans.library.talk import COMMENT_LENGTH

# The library knows nothing of the patients' room: codes read as words.
REGIONS = [(code, capfirst(code.replace("_", " "))) for code in get_args(BodyRegion)]
FILL_IN = {"required": _("Please fill this in.")}


class _AskedForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()


class CommentForm(_AskedForm):
    text = forms.CharField(
        label=_("Your comment"),
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        error_messages=FILL_IN,
    )


class SendBackForm(_AskedForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What should be changed"),
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Its author reads this above the draft."),
        error_messages=FILL_IN,
    )


class ReasonForm(_AskedForm):
    reason = forms.CharField(
        label=_("Why"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("In a few words, for colleagues and for those who look later."),
        error_messages=FILL_IN,
    )


class SeenReasonForm(ReasonForm):
    """``revision`` is what the page showed."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class RetireForm(SeenReasonForm):
    """``state`` too: retiring what is in use is another decision than dropping what is in review."""

    state = forms.ChoiceField(choices=ReviewState, widget=forms.HiddenInput)


class KeepForm(_AskedForm):
    """``seen_due_on`` is the review date the page showed."""

    seen_due_on = forms.DateField(widget=forms.HiddenInput)
    due_on = forms.DateField(
        label=_("Next review on"),
        widget=forms.DateInput({"type": "date"}),
        help_text=_("At most two years ahead; sooner where the evidence moves."),
        error_messages=FILL_IN,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].widget.attrs |= {
            "min": f"{today:%Y-%m-%d}",
            "max": f"{today + REVIEW_EVERY:%Y-%m-%d}",
        }


class RevisionForm(forms.Form):
    """What the page showed when a step was taken at once."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


class FindForm(forms.Form):
    """What the list of components can be narrowed to; ``state`` is asked of those who keep the library."""

    q = forms.CharField(label=_("Search"), required=False, max_length=80)
    category = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Category.choices]
    )
    region = forms.ChoiceField(
        label=_("Body region"), required=False, choices=[("", _("Anywhere")), *REGIONS]
    )
    equipment = forms.ChoiceField(label=_("Equipment"), required=False)
    grade = forms.ChoiceField(
        label=_("Evidence"), required=False, choices=[("", _("Any grade")), *Grade.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any state")), *ReviewState.choices, (DUE, _("Due for review"))],
    )

    def __init__(self, *args: Any, equipment: Sequence[str], for_keepers: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed: Any = self.fields["equipment"]
        needed.choices = [("", _("Any or none")), *((one, capfirst(one)) for one in equipment)]
        if not for_keepers:
            del self.fields["state"]

    @property
    def question(self) -> Question:
        """What is wrongly asked is not asked: an old link with a word that has gone still shows a list."""
        self.is_valid()
        given = dict(self.cleaned_data)
        return Question(words=given.pop("q", ""), **given)

    @property
    def is_narrowed(self) -> bool:
        return self.question != Question()
