"""Registering: the front desk fills in who and how to reach; a clinician also facts and the first episode."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.core.crispy import FormHelper
from patients.forms.contact import ContactForm
from patients.forms.episode import NEEDED, EpisodeFields
from patients.forms.facts import FactsFields
from patients.models import Patient
from patients.selectors import possible_duplicates


class RegisterForm(ContactForm):
    """Identity, contact and consent of somebody new, with the question whether they are new."""

    # Ticked for the patients that were shown: another suspicion needs another tick.
    another_person = forms.CharField(label=_("Same name and birth date"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duplicates: list[Patient] = []

    @property
    def duplicates_key(self) -> str:
        return ",".join(sorted(str(patient.pk) for patient in self.duplicates))

    @property
    def history(self) -> dict[str, Any]:
        """What is known clinically, as the verb takes it; this form asks for nothing of it."""
        return {"facts": [], "allergies": [], "episode": None}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if {"given_name", "family_name", "birth_date"} <= set(cleaned):
            self._ask_about_duplicates(cleaned)
        return cleaned

    def _ask_about_duplicates(self, cleaned: dict[str, Any]) -> None:
        self.duplicates = possible_duplicates(
            clinic=self.clinic,
            given_name=cleaned["given_name"],
            family_name=cleaned["family_name"],
            birth_date=cleaned["birth_date"],
        )
        if self.duplicates and cleaned.get("another_person") != self.duplicates_key:
            self.add_error(
                "another_person",
                _("A patient with this name and birth date is here already. Is it the same person?"),
            )


class ClinicianRegisterForm(EpisodeFields, FactsFields, RegisterForm):
    """Everything at once: who, how to reach, facts, and why they come."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        facts = Fieldset(
            _("Clinical facts"), HTML(_lead("facts")), *self.fact_sections(), css_class="section"
        )
        episode = Fieldset(
            _("Why they come"), HTML(_lead("episode")), *self.episode_sections(), css_class="section"
        )
        helper.layout = Layout(*self.contact_sections(), facts, episode)
        return helper

    @property
    def history(self) -> dict[str, Any]:
        episode = self.episode if self.has_episode else None
        return {"facts": self.facts, "allergies": self.cleaned_data["allergies"], "episode": episode}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.has_episode:
            for name in NEEDED:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(
                        name, _("Fill this in, or leave the whole section empty and add it later.")
                    )
            self.check_episode(cleaned.get("birth_date"), self.today)
        return cleaned

    @property
    def has_episode(self) -> bool:
        """Whether anything of the episode was typed."""
        return any(self.cleaned_data.get(name) for name in EpisodeFields.base_fields)


def _lead(section: str) -> str:
    return f'{{% include "patients/_register_lead.html" with section="{section}" only %}}'
