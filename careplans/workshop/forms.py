"""Forms of the review and of finding."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.core.crispy import FormHelper
from careplans.library.retired import REASON_LENGTH
from careplans.library.review import REVIEW_EVERY
from careplans.library.talk import COMMENT_LENGTH

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
