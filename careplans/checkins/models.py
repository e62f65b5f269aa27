"""Follow-up: the schedule, the answers, and the alerts that need a person."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.plans.models import Plan, PlanVersion
from patients.models import Patient

SCALE = [MinValueValidator(0), MaxValueValidator(10)]


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def due(self, now: datetime) -> CheckInQuerySet:
        return self.filter(state=CheckIn.State.SCHEDULED, due_at__lte=now)

    def open(self, now: datetime) -> CheckInQuerySet:
        """Asked and still answerable."""
        return self.filter(state=CheckIn.State.ASKED, closes_at__gt=now)


class CheckIn(UUIDModel):
    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Planned")
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        MISSED = "missed", _("Not answered")
        CANCELLED = "cancelled", _("Cancelled")

    class Kind(models.TextChoices):
        SCHEDULED = "scheduled", _("Check-in")
        COURSE_END = "course_end", _("End of a medicine course")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="check_ins")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="check_ins")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="check_ins")
    # The version whose questions are asked; set anew by each revision while the check-in is still planned.
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="check_ins")
    kind = models.CharField(max_length=12, choices=Kind)
    due_on = models.DateField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.SCHEDULED)
    # Chosen when it is asked: without consent or a working address, staff phone.
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ("due_at",)
        indexes = [models.Index(fields=["state", "due_at"], name="check_in_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "due_on"], condition=~models.Q(state="cancelled"), name="check_in_once_a_plan_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"


class Answer(UUIDModel):
    """What the patient said. A zero is an answer; an empty field is not a zero."""

    class SpasmFrequency(models.TextChoices):
        NONE = "none", _("No spasms")
        SOME = "some", _("Now and then")
        DAILY = "daily", _("Every day")
        CONSTANT = "constant", _("Many times a day")

    check_in = models.OneToOneField(CheckIn, on_delete=models.PROTECT, related_name="answer")
    answered_at = models.DateTimeField()
    # Empty when the patient answered; the member of staff who wrote down a phone call otherwise.
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    language = models.CharField(max_length=8)
    pain_now = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCALE)
    pain_worst = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCALE)
    function = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCALE)
    spasm_frequency = models.CharField(max_length=10, choices=SpasmFrequency, blank=True)
    # {"saddle_numbness": true, …}: exactly the flags that were asked and answered.
    red_flags = models.JSONField(default=dict)
    side_effects = models.JSONField(default=list)
    wants_call = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ("answered_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pain_now__isnull=True) | models.Q(pain_now__lte=10), name="answer_pain_now_0_to_10"
            ),
            models.CheckConstraint(
                condition=models.Q(pain_worst__isnull=True) | models.Q(pain_worst__lte=10),
                name="answer_pain_worst_0_to_10",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answered_at:%Y-%m-%d}"

    @property
    def raised_flags(self) -> list[str]:
        return [code for code, is_yes in self.red_flags.items() if is_yes]


class AnswerItem(UUIDModel):
    """Whether one component of the plan was done."""

    class Done(models.TextChoices):
        AS_PLANNED = "as_planned", _("As planned")
        SOME = "some", _("Some of it")
        NOT = "not", _("Not at all")

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="items")
    component_code = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    done = models.CharField(max_length=12, choices=Done)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "component_code"], name="answer_item_once")]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_done_display()}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def of(self, clinic: Clinic) -> AlertQuerySet:
        return self.filter(clinic=clinic)

    def unresolved(self) -> AlertQuerySet:
        return self.exclude(state=Alert.State.RESOLVED)


class Alert(UUIDModel):
    """Something that needs a person, with an owner and a clock; climbs until somebody acknowledges it."""

    class Tier(models.IntegerChoices):
        RED_FLAG = 1, _("Red flag")
        THRESHOLD = 2, _("High pain")
        WORSENING = 3, _("Getting worse")
        SIDE_EFFECT = 4, _("Side effect")
        WANTS_CALL = 5, _("Wants a call")
        SILENCE = 6, _("No answer")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RESOLVED = "resolved", _("Resolved")

    class Step(models.IntegerChoices):
        OWNER = 0, _("Clinician")
        COVER = 1, _("Cover")
        LEAD = 2, _("Clinical lead")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="alerts")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="alerts")
    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="alerts")
    tier = models.PositiveSmallIntegerField(choices=Tier)
    # Codes, e.g. ["leg_weakness"] or ["drowsiness"]; the sentence for staff is made when it is shown.
    causes = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alerts")
    step = models.PositiveSmallIntegerField(choices=Step, default=Step.OWNER)
    raised_at = models.DateTimeField()
    climbs_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ("tier", "raised_at")
        indexes = [models.Index(fields=["clinic", "state", "tier"], name="alert_worklist")]
        constraints = [
            models.UniqueConstraint(fields=["check_in", "tier"], name="alert_once_a_check_in_and_tier"),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by=None)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open")
                | (models.Q(acknowledged_at__isnull=False) & ~models.Q(note="")),
                name="alert_acknowledged_with_a_note",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="resolved")
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="alert_resolved_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tier_display()} {self.raised_at:%Y-%m-%d}"
