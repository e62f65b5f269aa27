"""Every message that leaves: queued with the change that caused it, claimed, sent, and never silently lost."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel


class MessageQuerySet(models.QuerySet["Message"]):
    def of(self, clinic: Clinic) -> MessageQuerySet:
        return self.filter(clinic=clinic)

    def due(self, now: datetime) -> MessageQuerySet:
        """Waiting and due, urgent ones first. A paused clinic's wait, except what warns its own staff."""
        waiting = self.filter(state=Message.State.PENDING, due_at__lte=now)
        return waiting.exclude(clinic__is_sending_paused=True, priority__gt=0).order_by("priority", "due_at")


class Message(UUIDModel):
    class State(models.TextChoices):
        PENDING = "pending", _("Queued")
        CLAIMED = "claimed", _("Being sent")
        IN_DATA = "in_data", _("Being handed over")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("Kept here, not sent: no mail server is set up")
        FAILED = "failed", _("Could not be sent")
        UNKNOWN = "unknown", _("Outcome unknown")
        EXPIRED = "expired", _("Too late, not sent")
        CANCELLED = "cancelled", _("Cancelled")

    class Kind(models.TextChoices):
        CHECK_IN = "check_in", _("Check-in")
        REMINDER = "reminder", _("Reminder")
        PLAN_PUBLISHED = "plan_published", _("New or changed plan")
        ALERT_NOTICE = "alert_notice", _("Alert for staff")
        INVITATION = "invitation", _("Invitation")
        ACCOUNT = "account", _("Account")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="messages", null=True, blank=True)
    # Plain id: this room knows nothing of patients.
    patient_id = models.UUIDField(null=True, blank=True, db_index=True)
    kind = models.CharField(max_length=20, choices=Kind)
    # What makes queueing idempotent, e.g. "check-in:<id>".
    key = models.CharField(max_length=120, unique=True)
    # 0 warns staff of a red flag, 5 is the rest.
    priority = models.PositiveSmallIntegerField(default=5)
    to_address = models.EmailField()
    language = models.CharField(max_length=8, default="en")
    subject = models.CharField(max_length=200)
    # Both may hold the placeholder {link}; the address behind it is put in while sending and never stored.
    text = models.TextField()
    html = models.TextField(blank=True)
    link_nonce = models.CharField(max_length=32, blank=True)
    link_purpose = models.CharField(max_length=20, blank=True)
    link_path = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    send_by = models.DateTimeField(null=True, blank=True)
    lease_id = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["state", "due_at"], name="message_due")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["claimed", "in_data"])
                | models.Q(lease_id__isnull=False, lease_until__isnull=False),
                name="message_in_hands_has_a_lease",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.to_address}"


class DeliveryAttempt(UUIDModel):
    """One try to hand a message over, with what the mail server said."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("started_at",)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.outcome}"


class Heartbeat(models.Model):
    """When the schedule last ran; a clinic sees a banner when it stops."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
