"""The red-flag editor: of whom it is asked, what the patient reads in English, what clinicians read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from careplans.accounts.models import Clinic
from careplans.library.edit_red_flag import (
    CODE_LENGTH,
    LABEL_LENGTH,
    LAST_POSITION,
    RedFlagSays,
    next_position,
)
from careplans.library.models import RedFlag, Source
from careplans.library.own_codes import may_be_renamed
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.workshop.condition_forms import whole_number
from careplans.workshop.written import WordsField
from patients.forms.fields import LineField, PickField

ASKED = [
    (RedFlag.Asked.ALWAYS, gettext_lazy("Every patient, at every check-in")),
    (RedFlag.Asked.AFTER_SURGERY, gettext_lazy("Only patients who had surgery")),
]
URGENCY = [
    (RedFlag.Urgency.EMERGENCY, gettext_lazy("Emergency: the patient is shown the emergency number at once")),
    (RedFlag.Urgency.CALL_TODAY, gettext_lazy("Call today: the patient is shown the clinic's number")),
]
SAY = gettext_lazy("Write this in plain words.")


class RedFlagForm(forms.Form):
    use_required_attribute = False

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = LineField(
        label=gettext_lazy("Short name"),
        max_length=CODE_LENGTH,
        help_text=gettext_lazy(
            "Becomes the code, which is settled when the red flag is submitted for review."
        ),
    )
    question = WordsField(
        label=gettext_lazy("The question"),
        rows=2,
        max_length=300,
        required=True,
        error_messages={"required": SAY},
        help_text=gettext_lazy("Answered with yes or no. One thing, asked so that yes is the bad answer."),
    )
    sign = WordsField(
        label=gettext_lazy("The sign"),
        rows=2,
        max_length=200,
        required=True,
        error_messages={"required": SAY},
        help_text=gettext_lazy("Printed on the handout: what to look out for, without a full stop."),
    )
    what_to_do = WordsField(
        label=gettext_lazy("What to do"),
        rows=3,
        max_length=600,
        required=True,
        error_messages={"required": SAY},
        help_text=gettext_lazy(
            "Read at once after a yes. Short sentences; the numbers to call are shown by themselves."
        ),
    )
    urgency = PickField(label=gettext_lazy("How urgent it is"), choices=URGENCY, widget=forms.RadioSelect)
    asked = PickField(label=gettext_lazy("Who is asked"), choices=ASKED, widget=forms.RadioSelect)
    clinician_label = LineField(
        label=gettext_lazy("What clinicians read"),
        max_length=LABEL_LENGTH,
        help_text=gettext_lazy("In the field's own terms, on alerts and in the worklist."),
    )
    position = whole_number(
        gettext_lazy("Position"),
        least=0,
        most=LAST_POSITION,
        help_text=gettext_lazy("Lower numbers are asked first."),
    )
    source = forms.ModelChoiceField(
        Source.objects.none(),
        label=gettext_lazy("Source"),
        empty_label=gettext_lazy("Choose a source"),
        error_messages={"required": gettext_lazy("Choose where this comes from.")},
    )

    def __init__(self, *args: Any, clinic: Clinic, flag: RedFlag | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources: Any = self.fields["source"]
        sources.queryset = Source.objects.filter(clinic=clinic)
        self.flag = flag
        self.initial = initial_of(flag) if flag is not None else {"position": next_position(clinic)}
        if flag is not None and not may_be_renamed(flag):
            del self.fields["name"]

    @property
    def says(self) -> RedFlagSays:
        """After ``is_valid``."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "revision"}
        return RedFlagSays(**({"name": ""} | given))

    def now(self, name: str) -> str:
        """What stands in a field, right or wrong, for the preview."""
        return " ".join(str(self[name].value() or "").split())


def initial_of(flag: RedFlag) -> dict[str, Any]:
    return {
        **flag.texts.get(FALLBACK_LANGUAGE, {}),
        "revision": flag.revision,
        "name": flag.code,
        "clinician_label": flag.clinician_label,
        "asked": flag.asked,
        "urgency": flag.urgency,
        "position": flag.position,
        "source": flag.source_id,
    }
