"""What is made up of a pretend patient."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.library.models import Anchor, TemplateVersion
from careplans.workshop.pretend import PretendPatient
from patients.forms.facts import FactsFields
from patients.forms.fields import PickField
from patients.models import Episode

# Today: every phase still lies ahead, and all of them are seen.
BEGUN_DAYS_AGO = 0
WHO = ("language", "age", "began", "surgery_type", "operated")


class PretendForm(FactsFields):
    """Sent by GET: it changes nothing, and its address can be kept."""

    language = PickField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    age = forms.IntegerField(label=gettext_lazy("Age"), min_value=0, max_value=119)
    began = forms.IntegerField(label=gettext_lazy("Began, days ago"), min_value=0, max_value=3650)
    surgery_type = PickField(
        label=gettext_lazy("Surgery"),
        required=False,
        choices=[("", gettext_lazy("No surgery")), *Episode.SurgeryType.choices],
    )
    operated = forms.IntegerField(
        label=gettext_lazy("Operated, days ago"), min_value=0, max_value=3650, required=False
    )

    def __init__(self, sent: QueryDict, *, version: TemplateVersion, language: str) -> None:
        self.version = version
        super().__init__(sent if "age" in sent else self._usual(version, language))

    @property
    def who(self) -> list[forms.BoundField]:
        return [self[name] for name in WHO]

    @property
    def what(self) -> list[forms.BoundField]:
        """Facts and allergies: many, and mostly none of them."""
        return [field for field in self if field.name not in WHO]

    @property
    def has_facts(self) -> bool:
        """Some are chosen or wrong: the page shows them open."""
        return any(field.value() or field.errors for field in self.what)

    @staticmethod
    def _usual(version: TemplateVersion, language: str) -> dict[str, Any]:
        usual = {"language": language, "age": 45, "began": BEGUN_DAYS_AGO}
        if version.anchor != Anchor.SURGERY:
            return usual
        return usual | {"surgery_type": Episode.SurgeryType.DISCECTOMY.value, "operated": 1}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.version.anchor == Anchor.SURGERY and not cleaned.get("surgery_type"):
            self.add_error("surgery_type", _("This template counts from the date of surgery. Choose one."))
        if cleaned.get("surgery_type") and cleaned.get("operated") is None and "operated" not in self.errors:
            self.add_error("operated", _("Write how many days ago the surgery was."))
        return cleaned

    @property
    def patient(self) -> PretendPatient:
        given = self.cleaned_data
        return PretendPatient(
            language=given["language"],
            age=given["age"],
            began_days_ago=given["began"],
            surgery_type=given["surgery_type"],
            operated_days_ago=given["operated"] or 0,
            facts=frozenset(code.value for code in self.facts),
            allergies=tuple(given["allergies"]),
        )
