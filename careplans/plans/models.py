"""Plans: the life of a plan, the draft that is being written, and the frozen versions that everybody reads."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel, new_uuid
from careplans.library.dose import Dose, parse_dose
from careplans.library.models import Anchor, ComponentVersion, PhaseStart, TemplateVersion
from careplans.plans.document import PlanDocument
from patients.models import Episode, Patient


class PublishedVersionsNeverChange(Exception):
    """A published plan version was saved or deleted again."""


class PlanQuerySet(models.QuerySet["Plan"]):
    def of(self, clinic: Clinic) -> PlanQuerySet:
        return self.filter(clinic=clinic)

    def active(self) -> PlanQuerySet:
        return self.filter(state=Plan.State.ACTIVE)


class Plan(UUIDModel):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        COMPLETED = "completed", _("Completed")
        STOPPED = "stopped", _("Stopped")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="plans")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(_("title"), max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # Answers and alerts of this plan come to this clinician first.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="plans")
    created_at = models.DateTimeField()
    # Last day of the newest published version; empty while nothing was published.
    ends_on = models.DateField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["clinic", "ends_on"], condition=models.Q(state="active"), name="plan_ending")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["completed", "stopped"], ended_at__isnull=False)
                | (~models.Q(state__in=["completed", "stopped"]) & models.Q(ended_at=None)),
                name="plan_ended_has_its_moment",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Draft(UUIDModel):
    """What is being written. Closed when it is published or discarded; its rows then stay as they were."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="drafts")
    template_version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, null=True, blank=True)
    title = models.CharField(_("title"), max_length=120)
    for_patient = models.TextField(_("what this plan is for"), blank=True)
    language = models.CharField(max_length=8)
    # What day 0 is, and its date when somebody last chose it: an episode corrected later moves nothing unasked.
    anchor = models.CharField(max_length=12, choices=Anchor, default=Anchor.PLAN_START)
    anchor_on = models.DateField(_("day 0"))
    # Days after surgery (after day 0 where there was none); empty: the starting value of the type of surgery.
    cold_to_heat_day = models.PositiveSmallIntegerField(null=True, blank=True)
    clearance_day = models.PositiveSmallIntegerField(null=True, blank=True)
    # Raised by every change; a change that names an older revision is refused.
    revision = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-opened_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(closed_at=None), name="draft_open_once_a_plan"
            )
        ]

    def __str__(self) -> str:
        return self.title


class DraftPhase(UUIDModel):
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="phases")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    starts_on_day = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    starts = models.CharField(max_length=12, choices=PhaseStart, default=PhaseStart.BY_DATE)
    aims = models.JSONField(default=list)
    avoid = models.JSONField(default=list)
    move_on_when = models.JSONField(default=list)
    step_back_when = models.JSONField(default=list)
    criteria = models.JSONField(default=dict)
    check_in_days = models.JSONField(default=list)

    class Meta:
        ordering = ("draft", "position")
        constraints = [
            models.UniqueConstraint(fields=["draft", "position"], name="draft_phase_position_once")
        ]

    def __str__(self) -> str:
        return self.name


class DraftItem(UUIDModel):
    phase = models.ForeignKey(DraftPhase, on_delete=models.PROTECT, related_name="items")
    # Names this item in every version of the plan: a revision copies it.
    key = models.UUIDField(default=new_uuid, editable=False)
    position = models.PositiveSmallIntegerField()
    component_version = models.ForeignKey(
        ComponentVersion, on_delete=models.PROTECT, related_name="draft_items"
    )
    dose_data = models.JSONField()
    # The version beside whose usual dose this one was decided, where a newer one with another usual dose has taken its
    # place and nobody has looked at the dose since (``plans.newer``); else empty.
    dose_of = models.ForeignKey(
        ComponentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # The dose decided beside it, where the newer version is done in another way and could not keep it; else empty.
    lost_dose_data = models.JSONField(null=True, blank=True, editable=False)
    note = models.CharField(_("note for this patient"), max_length=300, blank=True)

    class Meta:
        # Not unique: reordering swaps positions in one transaction.
        ordering = ("phase", "position", "id")

    def __str__(self) -> str:
        return str(self.component_version)

    @property
    def dose(self) -> Dose:
        return parse_dose(self.dose_data)


class FindingDecision(UUIDModel):
    """A clinician's answer to a finding: a caution acknowledged, or a stop overridden with a reason."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="decisions")
    finding_key = models.CharField(max_length=200)
    severity = models.CharField(max_length=10)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "finding_key"], name="finding_decided_once_a_draft"),
            models.CheckConstraint(
                condition=~models.Q(severity="stop", reason=""), name="finding_stop_needs_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.finding_key


class PlanVersion(UUIDModel):
    """What was published: one frozen document with its number and hash."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="version")
    document_data = models.JSONField()
    document_sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The link behind the QR code of the handout, see ``core.tokens``.
    link_nonce = models.CharField(max_length=32)
    link_token_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("plan", "-number")
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once")]

    def __str__(self) -> str:
        return f"{self.plan.title} v{self.number}"

    @property
    def document(self) -> PlanDocument:
        return PlanDocument.model_validate(self.document_data)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise PublishedVersionsNeverChange
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PublishedVersionsNeverChange


class Holding(UUIDModel):
    """That the newest published version of a plan holds a component version: who is concerned when one is recalled.

    Written anew with each publishing, in its transaction; never read by what tells a patient something.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="holdings")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="holdings")
    component_version = models.ForeignKey(ComponentVersion, on_delete=models.PROTECT, related_name="holdings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "component_version"], name="holding_once_a_plan")
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.component_version}"


class Recheck(UUIDModel):
    """What was known of the patient when a plan was published, at the last look, and what follows from the difference.

    One row a plan, about its newest version; published anew it begins again.
    """

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="recheck")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    # See ``plans.known``: facts as plain data.
    known = models.JSONField()
    seen = models.JSONField()
    # Stops and cautions as they are shown; the newest look replaces them.
    findings = models.JSONField(default=list)
    # Since when there are some; empty while there are none.
    found_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.plan)
