"""Forms of this room: parsing and checking. Nothing is stored here."""

from __future__ import annotations

from patients.forms.contact import ContactForm
from patients.forms.episode import EpisodeForm
from patients.forms.facts import FactEndForm, FactForm
from patients.forms.register import ClinicianRegisterForm, RegisterForm

__all__ = ["ClinicianRegisterForm", "ContactForm", "EpisodeForm", "FactEndForm", "FactForm", "RegisterForm"]
