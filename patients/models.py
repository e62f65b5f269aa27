"""Who a plan is for: identity, contact and consent, clinical facts, episodes of care."""

from __future__ import annotations

import zoneinfo
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic, User, time_zone_choices
from careplans.core.models import UUIDModel
from patients.facts import FactCode
from patients.names import fold_name
from patients.rules import age_on


class PatientQuerySet(models.QuerySet["Patient"]):
    def of(self, clinic: Clinic) -> PatientQuerySet:
        return self.filter(clinic=clinic)

    def matching(self, words: str) -> PatientQuerySet:
        """Every word occurs in the name, whatever its case and accents, or begins the record number."""
        found = self
        for word in words.split():
            name_part = fold_name(word)
            in_name = models.Q(search_name__contains=name_part) if name_part else models.Q()
            found = found.filter(in_name | models.Q(record_number__istartswith=word))
        return found

    def mine(self, user: User) -> PatientQuerySet:
        return self.filter(clinician=user)


class Patient(UUIDModel):
    class EmailState(models.TextChoices):
        OK = "ok", _("E-mail works")
        BOUNCED = "bounced", _("E-mail was refused")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100)
    # Both names folded for searching: SQLite and PostgreSQL disagree on the case of "Ç" and "É".
    search_name = models.TextField(editable=False, blank=True, default="")
    birth_date = models.DateField(_("birth date"))
    record_number = models.CharField(_("record number"), max_length=40)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, choices=time_zone_choices)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    # Consent to e-mail: when it was given, and who wrote it down. Without it nothing is sent.
    email_consent_at = models.DateTimeField(null=True, blank=True)
    email_consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    email_opted_out_at = models.DateTimeField(null=True, blank=True)
    email_state = models.CharField(max_length=10, choices=EmailState, default=EmailState.OK)
    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patients",
        verbose_name=_("clinician"),
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ("family_name", "given_name")
        constraints = [
            models.UniqueConstraint(
                "clinic", Lower("record_number"), name="patient_record_number_once_a_clinic"
            ),
            models.CheckConstraint(
                condition=models.Q(email_consent_at=None, email_consent_by=None)
                | models.Q(email_consent_at__isnull=False, email_consent_by__isnull=False),
                name="patient_consent_has_who_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "family_name", "given_name"], name="patient_by_name"),
            models.Index(fields=["clinic", "birth_date"], name="patient_by_birth_date"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = fold_name(self.full_name)
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def has_email_consent(self) -> bool:
        """Consent was given and not taken back since."""
        return self.email_consent_at is not None and self.email_opted_out_at is None

    @property
    def can_be_mailed(self) -> bool:
        """Consent, an address, no opt-out and no refusal by the mail server."""
        return bool(self.email and self.has_email_consent and self.email_state == self.EmailState.OK)

    def age_on(self, day: date) -> int:
        """Completed years on ``day``; somebody born on 29 February has their birthday on 1 March in other years."""
        return age_on(self.birth_date, day)


class ClinicalFactQuerySet(models.QuerySet["ClinicalFact"]):
    def of(self, clinic: Clinic) -> ClinicalFactQuerySet:
        return self.filter(patient__clinic=clinic).select_related("patient__clinic")

    def on_record(self) -> ClinicalFactQuerySet:
        """With everything a page says of them, current and past."""
        return self.select_related("patient__clinic", "recorded_by", "withdrawn_by")

    def current(self, today: date) -> ClinicalFactQuerySet:
        not_over = models.Q(until_on=None) | models.Q(until_on__gte=today)
        return self.filter(not_over, withdrawn_at=None)


class ClinicalFact(UUIDModel):
    """Something true of a patient that a safety rule can ask about. Wrong ones are withdrawn, not deleted."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="facts")
    code = models.CharField(_("fact"), max_length=40, choices=FactCode)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    since_on = models.DateField(_("since"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ClinicalFactQuerySet.as_manager()

    class Meta:
        ordering = ("code", "recorded_at")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on=None)
                | models.Q(since_on=None)
                | models.Q(until_on__gte=models.F("since_on")),
                name="fact_dates_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawn_by=None)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="fact_withdrawal_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(code="allergy", detail=""), name="fact_allergy_names_its_material"
            ),
            # One that ended may become true again; only those without an end are counted.
            models.UniqueConstraint(
                fields=["patient", "code", "detail"],
                condition=models.Q(withdrawn_at=None, until_on=None),
                name="fact_once_a_patient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}: {self.detail}" if self.detail else str(self.get_code_display())


class EpisodeQuerySet(models.QuerySet["Episode"]):
    def of(self, clinic: Clinic) -> EpisodeQuerySet:
        return self.filter(patient__clinic=clinic).select_related("patient__clinic")

    def open(self) -> EpisodeQuerySet:
        return self.filter(closed_at=None)


class Episode(UUIDModel):
    """Why the patient is here: what it is, since when, and the surgery if there was one."""

    class BodyRegion(models.TextChoices):
        LOW_BACK = "low_back", _("Low back")
        UPPER_BACK = "upper_back", _("Upper back")
        NECK = "neck", _("Neck")
        HIP_LEG = "hip_leg", _("Hip and leg")
        WHOLE_BODY = "whole_body", _("Whole body")

    class SurgeryType(models.TextChoices):
        DECOMPRESSION = "decompression", _("Decompression")
        DISCECTOMY = "discectomy", _("Discectomy")
        FUSION = "fusion", _("Fusion")

    class Contributor(models.TextChoices):
        DEHYDRATION = "dehydration", _("Dehydration")
        MUSCLE_FATIGUE = "muscle_fatigue", _("Muscle fatigue")
        POOR_POSTURE = "poor_posture", _("Poor posture")
        STRESS = "stress", _("Stress")
        NERVE_COMPRESSION = "nerve_compression", _("Nerve compression")
        IMBALANCE = "imbalance", _("Biomechanical imbalance")
        MINERALS = "minerals", _("Lack of magnesium, calcium or potassium")
        SURGICAL_TRAUMA = "surgical_trauma", _("Tissue trauma from surgery")
        NERVE_IRRITATION = "nerve_irritation", _("Nerve irritation after surgery")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="episodes")
    diagnosis = models.CharField(_("what brings the patient here"), max_length=200)
    body_region = models.CharField(_("body region"), max_length=20, choices=BodyRegion)
    onset_on = models.DateField(_("began on"))
    surgery_type = models.CharField(_("surgery"), max_length=20, choices=SurgeryType, blank=True)
    surgery_on = models.DateField(_("date of surgery"), null=True, blank=True)
    contributors = models.JSONField(_("suspected contributors"), default=list, blank=True)
    list_choices: ClassVar[dict[str, list[tuple[str, Any]]]] = {"contributors": Contributor.choices}
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering = ("-onset_on",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(surgery_type="", surgery_on=None)
                | (~models.Q(surgery_type="") & models.Q(surgery_on__isnull=False)),
                name="episode_surgery_has_type_and_date",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="episode_closing_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return self.diagnosis

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def contributor_labels(self) -> list[str]:
        return [str(self.Contributor(code).label) for code in self.contributors]

    def anchor_date(self, anchor: str, *, plan_start: date) -> date | None:
        """The date that is day 0 for a template anchored on ``anchor``; None when the patient has no such date."""
        dates: dict[str, date | None] = {
            "onset": self.onset_on,
            "surgery": self.surgery_on,
            "plan_start": plan_start,
        }
        return dates[anchor]
