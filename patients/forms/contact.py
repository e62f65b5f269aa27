"""Who the patient is, how to reach them, and their consent to e-mail."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic, User
from careplans.core.crispy import FormHelper
from careplans.core.refusals import Refusal
from patients import rules
from patients.forms.fields import DayField, LineField, PickField, ZoneSelect, asking
from patients.identity import clean_email, refuse_taken_number, zone_names
from patients.models import Patient
from patients.selectors import clinicians_of

IDENTITY_FIELDS = (
    "given_name",
    "family_name",
    "birth_date",
    "record_number",
    "language",
    "time_zone",
    "phone",
    "email",
    "has_email_consent",
    "clinician",
)


class ContactForm(forms.Form):
    """Identity, contact and consent. Holds nothing clinical: the front desk fills it in."""

    given_name = LineField(label=_("Given name"), rule=rules.clean_name)
    family_name = LineField(label=_("Family name"), rule=rules.clean_name)
    birth_date = DayField(label=_("Birth date"))
    record_number = LineField(label=_("Record number"), rule=rules.clean_record_number, max_length=40)
    language = PickField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of handouts and e-mails.")
    )
    time_zone = PickField(
        label=_("Time zone"),
        choices=lambda: [(name, name.replace("_", " ")) for name in zone_names()],
        widget=ZoneSelect,
        help_text=_("E-mails keep to daytime there."),
    )
    phone = LineField(label=_("Phone"), rule=rules.clean_phone, max_length=40, required=False)
    email = LineField(label=_("E-mail"), rule=clean_email, max_length=254, required=False)
    has_email_consent = forms.BooleanField(required=False)
    clinician = forms.ModelChoiceField(
        label=_("Clinician responsible"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Answers and alerts of this patient come to them first."),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )

    def __init__(
        self, *args: Any, clinic: Clinic, by: User, today: date, patient: Patient | None = None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.clinic, self.today, self.patient = clinic, today, patient
        clinicians: Any = self.fields["clinician"]
        clinicians.queryset = clinicians_of(clinic)
        self.fields["email"].widget.input_type = "email"
        self.fields["phone"].widget.input_type = "tel"
        self.fields["has_email_consent"].label = self._consent_label(by)
        self.fields["has_email_consent"].help_text = _(
            "Without this tick the address is kept and never written to: check-ins are made by phone."
        )
        for name in ("given_name", "family_name", "birth_date", "phone", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # the patient's data, not the typist's
        self.fields["birth_date"].widget.attrs["max"] = today.isoformat()

    def _consent_label(self, by: User) -> str:
        if self.patient is not None and self.patient.has_email_consent:
            return gettext("The patient agrees to get e-mails from the clinic")
        return gettext("The patient agrees to get e-mails from the clinic; asked by %(name)s today") % {
            "name": by.name
        }

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.layout = Layout(*self.contact_sections())
        return helper

    def contact_sections(self) -> list[Any]:
        return [
            Fieldset(
                _("Who it is"),
                Div("given_name", "family_name", css_class="form-pair"),
                Div("birth_date", "record_number", css_class="form-pair"),
                "clinician",
                css_class="section",
            ),
            Fieldset(
                _("How to reach them"),
                Div("phone", "email", css_class="form-pair"),
                HTML('{% include "patients/_consent_state.html" with form=form only %}'),
                "has_email_consent",
                Div("language", "time_zone", css_class="form-pair"),
                css_class="section",
            ),
        ]

    def clean_birth_date(self) -> date:
        return asking(rules.check_birth_date, self.cleaned_data["birth_date"], self.today)

    def clean_record_number(self) -> str:
        number: str = self.cleaned_data["record_number"]
        asking(refuse_taken_number, number, clinic=self.clinic, except_for=self.patient)
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("has_email_consent") and "email" in cleaned and not cleaned["email"]:
            self.add_error(
                "email", _("Write the address the patient agreed to, or take the tick below away.")
            )
        return cleaned

    @property
    def identity(self) -> dict[str, Any]:
        """What the verbs take."""
        return {name: self.cleaned_data[name] for name in IDENTITY_FIELDS}

    def refuse(self, refusal: Refusal) -> None:
        """Show what a verb refused above the form."""
        self.add_error(None, str(refusal))
