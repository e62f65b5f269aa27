"""Every message that leaves: queued with the change that caused it, claimed, sent, and never silently lost."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.outbox import lifecycle


class MessageQuerySet(models.QuerySet["Message"]):
    def of(self, clinic: Clinic) -> MessageQuerySet:
        return self.filter(clinic=clinic)

    def due(self, now: datetime) -> MessageQuerySet:
        """Waiting and due, urgent ones first. A paused clinic's wait, except what warns its own staff."""
        paused = Clinic.objects.filter(is_sending_paused=True)
        waiting = self.filter(state=Message.State.PENDING, try_at__lte=now)
        return waiting.exclude(clinic__in=paused, priority__gt=lifecycle.URGENT).order_by(
            "priority", "try_at"
        )

    def past_lease(self, state: lifecycle.State, now: datetime) -> MessageQuerySet:
        return self.filter(state=state, lease_until__lt=now)


class Message(UUIDModel):
    State = lifecycle.State
    Kind = lifecycle.Kind

    class Failure(models.TextChoices):
        ADDRESS = "address", _("The mail server refused the address.")
        CONTENT = "content", _("The mail could not be made or was refused for its content.")
        SERVER = "server", _("The mail server kept putting it off.")

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="messages", null=True, blank=True
    )
    # Plain id: this room knows nothing of patients.
    patient_id = models.UUIDField(null=True, blank=True, db_index=True)
    kind = models.CharField(max_length=20, choices=lifecycle.Kind)
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
    link_path = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=lifecycle.State, default=lifecycle.State.PENDING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # When the next try is due: first ``due_at``, later what the back-off or the rule for an unknown outcome says.
    # Empty once no further try is planned.
    try_at = models.DateTimeField(null=True, blank=True)
    send_by = models.DateTimeField(null=True, blank=True)
    give_up_at = models.DateTimeField(null=True, blank=True)
    lease_id = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=320, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    times_unknown = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=10, choices=Failure, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # When the room that queued it took note of a failure, so that it acts on each one once.
    failure_noticed_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            # Partial, so that finding what is due costs the same beside ten million settled rows.
            models.Index(
                fields=["priority", "try_at"], condition=models.Q(state="pending"), name="message_due"
            ),
            models.Index(
                fields=["state", "lease_until"],
                condition=models.Q(state__in=["claimed", "in_data", "unknown"]),
                name="message_in_hands",
            ),
            models.Index(fields=["clinic", "state", "-created_at"], name="message_list"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["claimed", "in_data"])
                | models.Q(lease_id__isnull=False, lease_until__isnull=False),
                name="message_in_hands_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="pending") | models.Q(try_at__isnull=False),
                name="message_queued_has_a_next_try",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(failure=""), name="message_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.to_address}"

    @property
    def is_urgent(self) -> bool:
        return self.priority == lifecycle.URGENT


class DeliveryAttempt(UUIDModel):
    """One try to hand a message over, with what the mail server said."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    # The address of that try: the message's own may be corrected later.
    to_address = models.EmailField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # The state the message went to; empty while it is being handed over.
    outcome = models.CharField(max_length=10, choices=lifecycle.State, blank=True)
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
