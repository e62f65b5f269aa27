"""Forms of this room: inviting, roles, accepting, and the clinic's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from careplans.accounts.clinics import FIELDS
from careplans.accounts.colour import contrast, is_readable_on_white
from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.accounts.qualified import judged_languages
from careplans.accounts.selectors import clinicians_of
from careplans.accounts.sign_in_forms import PASSWORD_RULES
from careplans.core.crispy import FormHelper

if TYPE_CHECKING:  # Django's class takes no type argument when it runs
    _ModelForm = forms.ModelForm[Clinic]
else:
    _ModelForm = forms.ModelForm

PHONE = RegexValidator(
    r"^\+?[0-9 ()/.-]{2,40}$", _("Write a phone number with digits, such as +44 20 7946 0000.")
)
TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class InviteForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Write the person's name.")}
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The link goes to this address and works once."),
        error_messages={"required": _("Write the person's e-mail address.")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the person will do here.")},
    )


class RolesForm(forms.Form):
    # The roles as they stood when the page was opened; with none, the form counts as overtaken.
    before = forms.CharField(widget=forms.HiddenInput, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role, or end the person's access instead.")},
    )

    def clean_before(self) -> list[str]:
        return str(self.cleaned_data["before"]).split()


class LanguagesForm(forms.Form):
    # As with roles; nothing may be ticked, and then the person judges none.
    before = forms.CharField(widget=forms.HiddenInput, required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages to judge"),
        required=False,
        choices=judged_languages,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Tick a language when you know that this person is qualified to judge a medical text in it. They can then approve its translations, except those they wrote in."
        ),
    )

    def clean_before(self) -> list[str]:
        return str(self.cleaned_data["before"]).split()


class AcceptForm(forms.Form):
    """What an invited person tells us. The address is asked only where the invitation names none."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("The same password once more"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, known_email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_email = known_email
        self.fields["password"].help_text = PASSWORD_RULES
        if known_email:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password")
        if password:
            person = User(name=cleaned.get("name", ""), email=self.known_email or cleaned.get("email", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as refusal:
                self.add_error("password", refusal)
        if password and cleaned.get("password_again") not in (None, password):
            self.add_error("password_again", _("This is not the same password. Type both again."))
        return cleaned


class ClinicForm(_ModelForm):
    """The clinic's settings. Saving is the verb's work: this form only reads and checks."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    language = forms.ChoiceField(label=_("Language of the clinic"), choices=settings.LANGUAGES)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        validators=[PHONE],
        help_text=_("Patients see it on every page and mail."),
    )
    emergency_number = forms.CharField(
        label=_("Emergency number"),
        max_length=20,
        validators=[PHONE],
        help_text=_("Shown to a patient who reports a red flag. Check that it works in your country."),
    )
    brand_colour = forms.RegexField(
        r"^#[0-9A-Fa-f]{6}$",
        label=_("Colour"),
        help_text=_("For headings on handouts. It must be dark enough to read on white paper."),
        error_messages={"invalid": _("Write the colour as # and six digits, such as #0b5c5e.")},
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("Country"),
        help_text=_("Two letters, such as GB."),
        error_messages={"invalid": _("Write the country as two letters, such as GB.")},
    )

    approved_translations_only = forms.MultipleChoiceField(
        label=_("Use only approved translations"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(code, name) for code, name in settings.LANGUAGES if code != "en"],
        help_text=_(
            "In these languages, patients read English where no qualified person has approved the translation. Questions about red flags are always asked in the patient's language: a question that is not understood protects nobody. Plans that were published stay as they are."
        ),
    )

    class Meta:
        model = Clinic
        fields = FIELDS
        widgets = {
            "sending_from": TIME,
            "sending_until": TIME,
            "out_of_hours_text": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "sending_from": _("In the patient's own time zone."),
            "pain_threshold": _("From 1 to 10. An answer at or above it needs a person."),
            "cover_after_minutes": _("When the plan's clinician has not taken it by then."),
            "lead_after_minutes": _("When nobody has taken it by then."),
            "clinical_lead": _("Alerts nobody takes climb to this clinician."),
            "is_sending_paused": _(
                "Mails to patients wait until you start sending again. Warnings to staff still go."
            ),
        }

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = clinic.version
        self.fields["clinical_lead"].queryset = clinicians_of(clinic)  # type: ignore[attr-defined]  # a choice of people
        self.fields["clinical_lead"].empty_label = _("Nobody yet")  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.layout = clinic_layout()

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_brand_colour(self) -> str:
        colour = str(self.cleaned_data["brand_colour"]).lower()
        if not is_readable_on_white(colour):
            found = round(contrast(colour), 1)
            text = _(
                "Too pale to read on white: its contrast is %(found)s, and 4.5 is needed. Choose a darker one."
            )
            raise forms.ValidationError(text, params={"found": found})
        return colour

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("sending_from"), cleaned.get("sending_until")
        if start and end and start >= end:
            self.add_error("sending_until", _("Sending must end later than it begins."))
        cover, lead = cleaned.get("cover_after_minutes"), cleaned.get("lead_after_minutes")
        if cover is not None and lead is not None and cover >= lead:
            self.add_error("lead_after_minutes", _("The lead's turn must come after the cover's."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """The database's own checks of order would say the same as ``clean`` a second time."""
        return {*super()._get_validation_exclusions(), "sending_until", "lead_after_minutes"}  # type: ignore[misc]


def clinic_layout() -> Layout:
    def pair(*names: str) -> Div:
        return Div(*names, css_class="form-pair")

    def section(legend: Any, *parts: Any) -> Fieldset:
        return Fieldset(legend, *parts, css_class="section")

    return Layout(
        "version",
        section(_("The clinic"), "name", "address", pair("phone", "emergency_number"), pair("country", "language"),
                pair("time_zone", "brand_colour")),
        section(_("Mails to patients"), pair("sending_from", "sending_until"),
                pair("reminder_after_days", "check_in_open_days"), "out_of_hours_text", "is_sending_paused"),
        section(_("Languages"), "approved_translations_only"),
        section(_("Alerts"), "pain_threshold", "clinical_lead", pair("cover_after_minutes", "lead_after_minutes")),
    )  # fmt: skip
