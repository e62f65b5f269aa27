"""Follow-up: the schedule, the answers, and the alerts that need a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.checkins.ladder import Step as LadderStep
from careplans.checkins.tiers import Tier as AlertTier
from careplans.core.models import UUIDModel
from careplans.plans.models import Plan, PlanVersion
from patients.models import Patient

SCALE = [MinValueValidator(0), MaxValueValidator(10)]


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def of(self, clinic: Clinic) -> CheckInQuerySet:
        return self.filter(clinic=clinic)

    def due(self, now: datetime) -> CheckInQuerySet:
        """Planned, its moment has come, and there is still time to answer; only of plans that run."""
        return self.filter(
            state=CheckIn.State.SCHEDULED, due_at__lte=now, closes_at__gt=now, plan__state=Plan.State.ACTIVE
        )

    def open(self, now: datetime) -> CheckInQuerySet:
        """Asked and still answerable."""
        return self.filter(state=CheckIn.State.ASKED, closes_at__gt=now)

    def in_play(self) -> CheckInQuerySet:
        """Planned or asked: what a plan that ends takes back."""
        return self.filter(state__in=[CheckIn.State.SCHEDULED, CheckIn.State.ASKED])


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
                fields=["plan", "due_on"],
                condition=~models.Q(state="cancelled"),
                name="check_in_once_a_plan_and_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def mail_key(self) -> str:
        return f"check-in:{self.pk}"

    @property
    def reminder_key(self) -> str:
        return f"reminder:{self.pk}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def of_plan(self, plan_id: UUID) -> AnswerQuerySet:
        return self.filter(check_in__plan=plan_id).order_by("answered_at")


class Answer(UUIDModel):
    """What the patient said. A zero is an answer; an empty field is not a zero."""

    class SpasmFrequency(models.TextChoices):
        NONE = "none", _("No spasms")
        SOME = "some", _("Now and then")
        DAILY = "daily", _("Every day")
        CONSTANT = "constant", _("Many times a day")

    check_in = models.OneToOneField(CheckIn, on_delete=models.PROTECT, related_name="answer")
    answered_at = models.DateTimeField()
    # Empty while only part of it has come in: what was said so far is kept and acted upon all the same.
    completed_at = models.DateTimeField(null=True, blank=True)
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
    # Codes of the flags raised after the answer had been given. What it said itself stays as it was.
    added_flags = models.JSONField(default=list)
    side_effects = models.JSONField(default=list)
    # What got in the way of doing more, of the plan as a whole.
    barriers = models.JSONField(default=list)
    wants_call = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ("answered_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pain_now__isnull=True) | models.Q(pain_now__lte=10),
                name="answer_pain_now_0_to_10",
            ),
            models.CheckConstraint(
                condition=models.Q(pain_worst__isnull=True) | models.Q(pain_worst__lte=10),
                name="answer_pain_worst_0_to_10",
            ),
            models.CheckConstraint(
                condition=models.Q(function__isnull=True) | models.Q(function__lte=10),
                name="answer_function_0_to_10",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answered_at:%Y-%m-%d}"

    @property
    def raised_flags(self) -> list[str]:
        said = [code for code, is_yes in self.red_flags.items() if is_yes]
        return [*said, *(code for code in self.added_flags if code not in said)]


class Addition(UUIDModel):
    """Red flags that came after the answer had been given, with what else was said then about the pain."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="additions")
    said_at = models.DateTimeField()
    # As in ``Answer``: empty when the patient said it themselves.
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Codes of the flags that were raised anew.
    red_flags = models.JSONField()
    pain_now = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCALE)
    pain_worst = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCALE)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ("said_at",)

    def __str__(self) -> str:
        return f"{self.said_at:%Y-%m-%d %H:%M}"


class AnswerItem(UUIDModel):
    """How often one component of the plan was done."""

    class Done(models.TextChoices):
        AS_PLANNED = "as_planned", _("As often as planned")
        MOST = "most", _("Most of the time")
        SOME = "some", _("Now and then")
        NOT = "not", _("Not at all")

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="items")
    component_code = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
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

    Tier = AlertTier
    Step = LadderStep

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RESOLVED = "resolved", _("Resolved")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="alerts")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="alerts")
    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="alerts")
    tier = models.PositiveSmallIntegerField(choices=AlertTier)
    # Codes, e.g. ["leg_weakness"] or ["drowsiness"]; the sentence for staff is made when it is shown.
    causes = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alerts")
    step = models.PositiveSmallIntegerField(choices=LadderStep, default=LadderStep.OWNER)
    # When it was raised, or raised again because the same answer brought another cause.
    raised_at = models.DateTimeField()
    times_raised = models.PositiveSmallIntegerField(default=1)
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
        indexes = [
            models.Index(fields=["clinic", "state", "tier"], name="alert_worklist"),
            models.Index(fields=["climbs_at"], condition=models.Q(state="open"), name="alert_climbs"),
        ]
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

    @property
    def tier_code(self) -> str:
        """The name under which the look knows the tier, such as ``red_flag``."""
        return AlertTier(self.tier).name.lower()


class AlertEntryIsNeverChanged(Exception):
    """Somebody tried to change or remove an entry in the history of an alert."""


class AlertEntry(UUIDModel):
    """One line in the history of an alert. Notes stay here even when the alert is raised again."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("Raised")
        RAISED_AGAIN = "raised_again", _("Raised again")
        CLIMBED = "climbed", _("Passed on")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RESOLVED = "resolved", _("Resolved")

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind)
    # Empty where Careplans itself acted.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whose it became.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AlertEntryIsNeverChanged
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AlertEntryIsNeverChanged


class ConfirmationTry(UUIDModel):
    """One try at a year of birth. Counted in the database, so that the limit holds with any cache and any number of nodes."""

    # "check-in:<id>", "plan:<id>" or a keyed hash of the network address; never the address itself.
    about = models.CharField(max_length=80)
    tried_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["about", "tried_at"], name="confirmation_tries")]

    def __str__(self) -> str:
        return self.about
