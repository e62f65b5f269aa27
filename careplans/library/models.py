"""The clinic's library: components and their versions, plan templates, safety rules, red flags, sources.

Each clinic keeps its own copy, so that nothing one clinic edits can change another's plans.
"""

from __future__ import annotations

from itertools import chain

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.library.arriving import ArrivingFile
from careplans.library.dose import Dose, parse_dose
from careplans.library.index import ComponentIndex, IndexedComponent, IndexWord
from careplans.library.own_pictures import OwnPicture
from careplans.library.recalled import Recall
from careplans.library.retired import Retirement
from careplans.library.reviewed import (
    ApprovedVersionsNeverChange,
    Identified,
    IdentityNeverChanges,
    PartOfVersion,
    ReviewedContent,
    ReviewState,
    author_does_not_approve,
    once_submitted,
)
from careplans.library.talk import ReviewComment
from careplans.library.translated import TranslationReview

# Beside the field in the workshop.
SETTLED_LATER = _(
    "Rules, templates and plans ask for this. It can be changed until a first version is submitted for review, not later."
)

__all__ = [
    "Anchor",
    "ApprovedVersionsNeverChange",
    "ArrivingFile",
    "Category",
    "Component",
    "ComponentIndex",
    "ComponentText",
    "ComponentVersion",
    "Effect",
    "Grade",
    "IdentityNeverChanges",
    "IndexWord",
    "IndexedComponent",
    "OwnPicture",
    "PartOfVersion",
    "PhaseStart",
    "Recall",
    "RedFlag",
    "Retirement",
    "ReviewComment",
    "ReviewState",
    "ReviewedContent",
    "SafetyRule",
    "Severity",
    "Source",
    "Template",
    "TemplateItem",
    "TemplatePhase",
    "TemplateVersion",
    "TranslationReview",
]


class Category(models.TextChoices):
    EXERCISE = "exercise", _("Exercise and movement")
    HEAT_COLD = "heat_cold", _("Heat and cold")
    MIND_BODY = "mind_body", _("Mind and body")
    HANDS_ON = "hands_on", _("Hands-on therapy")
    ADJUNCT = "adjunct", _("Adjunct")
    ERGONOMICS = "ergonomics", _("Posture, ergonomics and sleep")
    NUTRITION = "nutrition", _("Food and fluids")
    MEDICINE = "medicine", _("Medicine guidance")
    PROCEDURE = "procedure", _("Procedures and referral")


class Grade(models.TextChoices):
    HIGH = "high", _("High certainty")
    MODERATE = "moderate", _("Moderate certainty")
    LOW = "low", _("Low certainty")
    VERY_LOW = "very_low", _("Very low certainty")
    NOT_GRADED = "not_graded", _("Not graded")


class Effect(models.TextChoices):
    LARGE_GAIN = "large_gain", _("Large gain")
    MODERATE_GAIN = "moderate_gain", _("Moderate gain")
    SMALL_GAIN = "small_gain", _("Small gain")
    GAIN = "gain", _("Gain, size not stated")
    NO_BENEFIT = "no_benefit_shown", _("No benefit shown")
    DISPUTED = "disputed", _("Sources disagree")
    NOT_STATED = "not_stated", _("Effect not stated")


class Source(Identified):
    """Where a fact comes from.

    It has no versions, and what is approved is read with it: once something that was submitted cites it, all that tells
    it from another source is settled. A newer edition is another source.
    """

    identity = ("clinic_id", "code", "title", "publisher", "published_on")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="sources")
    code = models.SlugField(max_length=40, help_text=SETTLED_LATER)
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True, blank=True)
    covers = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=["clinic", "code"], name="source_code_once_a_clinic")]

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"

    def is_settled(self) -> bool:
        """Rules and red flags hold the source itself, components and templates its code."""
        if any(held.filter(submitted_at__isnull=False).exists() for held in (self.rules, self.red_flags)):
            return True
        cited = chain(
            ComponentVersion.objects.filter(component__clinic=self.clinic_id, submitted_at__isnull=False)
            .order_by()
            .values_list("sources", flat=True),
            TemplateVersion.objects.filter(template__clinic=self.clinic_id, submitted_at__isnull=False)
            .order_by()
            .values_list("sources", flat=True),
        )
        return any(one["source"] == self.code for sources in cited for one in sources)


class Component(Identified):
    """One thing a plan can contain; what it says stands in its versions."""

    identity = ("clinic_id", "code", "category")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="components")
    code = models.SlugField(max_length=60, help_text=SETTLED_LATER)
    category = models.CharField(_("category"), max_length=20, choices=Category, help_text=SETTLED_LATER)
    # A copy of the clinic's own: what it was copied from, and the newest version of that which was looked at.
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies")
    origin_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("category", "code")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="component_code_once_a_clinic")
        ]

    def __str__(self) -> str:
        return self.code

    def is_settled(self) -> bool:
        return self.versions.filter(submitted_at__isnull=False).exists()


class ComponentVersionQuerySet(models.QuerySet["ComponentVersion"]):
    def of(self, clinic: Clinic) -> ComponentVersionQuerySet:
        return self.filter(component__clinic=clinic)

    def approved(self) -> ComponentVersionQuerySet:
        return self.filter(state=ReviewState.APPROVED)


class ComponentVersion(ReviewedContent):
    """What a component says: immutable once approved."""

    identity = ("component_id",)

    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="versions")
    body_regions = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    equipment = models.JSONField(default=list, blank=True)
    default_dose = models.JSONField()
    grade = models.CharField(max_length=12, choices=Grade)
    effect = models.CharField(max_length=20, choices=Effect)
    effect_text = models.TextField(blank=True)
    clinician_text = models.TextField(blank=True)
    cautions = models.JSONField(default=list, blank=True)
    picture = models.CharField(max_length=60, blank=True)
    # Shown instead of the drawn one.
    own_picture = models.ForeignKey(
        OwnPicture, on_delete=models.PROTECT, null=True, blank=True, related_name="versions"
    )
    # [{"source": "B5", "says": "…"}]; codes of this clinic's sources, frozen with the version.
    sources = models.JSONField(default=list)

    objects = ComponentVersionQuerySet.as_manager()

    class Meta:
        ordering = ("component", "-number")
        constraints = [
            models.UniqueConstraint(fields=["component", "number"], name="component_version_number_once"),
            models.UniqueConstraint(
                fields=["component"],
                condition=models.Q(state="approved"),
                name="component_approved_version_once",
            ),
            author_does_not_approve("component_author_does_not_approve"),
            once_submitted("component_version_beyond_draft_was_submitted"),
        ]
        # What waits for review and what is due are counted on many pages; there may be thousands of components.
        indexes = [models.Index(fields=["state", "review_due_on"], name="component_version_by_state")]

    def __str__(self) -> str:
        return f"{self.component.code} v{self.number}"

    @property
    def dose(self) -> Dose:
        return parse_dose(self.default_dose)

    def is_settled(self) -> bool:
        """A version belongs to its component for good."""
        return True


class ComponentText(PartOfVersion):
    """The patient's text of a component version in one language."""

    version = models.ForeignKey(ComponentVersion, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=120)
    why = models.TextField()
    steps = models.JSONField(default=list)
    feel = models.TextField(blank=True)
    watch_for = models.TextField(blank=True)
    stop_if = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="component_text_once_a_language")
        ]

    def __str__(self) -> str:
        return self.title


class Template(Identified):
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="templates")
    code = models.SlugField(max_length=60, help_text=SETTLED_LATER)
    # As with components.
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies")
    origin_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("code",)
        constraints = [models.UniqueConstraint(fields=["clinic", "code"], name="template_code_once_a_clinic")]

    def __str__(self) -> str:
        return self.code

    def is_settled(self) -> bool:
        return self.versions.filter(submitted_at__isnull=False).exists()


class Anchor(models.TextChoices):
    ONSET = "onset", _("When it began")
    SURGERY = "surgery", _("Date of surgery")
    PLAN_START = "plan_start", _("Start of the plan")


class TemplateVersion(ReviewedContent):
    """A reusable plan: phases with components and doses."""

    identity = ("template_id",)

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    body_region = models.CharField(max_length=20)
    anchor = models.CharField(max_length=12, choices=Anchor)
    cold_to_heat_day = models.PositiveSmallIntegerField(null=True, blank=True)
    clearance_day = models.PositiveSmallIntegerField(null=True, blank=True)
    sources = models.JSONField(default=list)
    # {"en": {"title": …, "summary": …, "for_patient": …}}
    texts = models.JSONField(default=dict)

    class Meta:
        ordering = ("template", "-number")
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_number_once"),
            models.UniqueConstraint(
                fields=["template"],
                condition=models.Q(state="approved"),
                name="template_approved_version_once",
            ),
            author_does_not_approve("template_author_does_not_approve"),
            once_submitted("template_version_beyond_draft_was_submitted"),
        ]

    def __str__(self) -> str:
        return str(self.texts.get("en", {}).get("title", self.template.code))

    def is_settled(self) -> bool:
        """A version belongs to its template for good."""
        return True


class PhaseStart(models.TextChoices):
    BY_DATE = "by_date", _("By date")
    BY_DECISION = "by_decision", _("When a clinician decides")


class TemplatePhase(PartOfVersion):
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="phases")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=60)
    starts_on_day = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    starts = models.CharField(max_length=12, choices=PhaseStart, default=PhaseStart.BY_DATE)
    check_in_days = models.JSONField(default=list)
    criteria = models.JSONField(default=dict)
    # {"en": {"name", "aims", "avoid", "move_on_when", "step_back_when"}}
    texts = models.JSONField(default=dict)

    class Meta:
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="template_phase_position_once")
        ]

    def __str__(self) -> str:
        return self.code


class TemplateItem(PartOfVersion):
    held_by = "phase"
    state_of_holder = "version__state"

    phase = models.ForeignKey(TemplatePhase, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="template_items")
    dose = models.JSONField()
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("phase", "position")
        constraints = [
            models.UniqueConstraint(fields=["phase", "position"], name="template_item_position_once")
        ]

    def __str__(self) -> str:
        return self.component.code


class Severity(models.TextChoices):
    STOP = "stop", _("Stop")
    CAUTION = "caution", _("Caution")
    INFORM = "inform", _("For information")


class SafetyRule(ReviewedContent):
    """Component or tag × conditions × severity × message × source; read by ``plans.safety.assess``."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="safety_rules")
    code = models.SlugField(max_length=80, help_text=SETTLED_LATER)
    components = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    when = models.JSONField()
    severity = models.CharField(max_length=10, choices=Severity)
    message = models.CharField(max_length=400)
    instead = models.CharField(max_length=400, blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="rules")

    class Meta:
        ordering = ("code", "-number")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code", "number"], name="safety_rule_number_once"),
            models.UniqueConstraint(
                fields=["clinic", "code"],
                condition=models.Q(state="approved"),
                name="safety_rule_approved_once",
            ),
            author_does_not_approve("safety_rule_author_does_not_approve"),
            once_submitted("safety_rule_beyond_draft_was_submitted"),
        ]

    def __str__(self) -> str:
        return self.code


class RedFlag(ReviewedContent):
    """A sign that needs a person now; asked at each check-in in plain words."""

    class Asked(models.TextChoices):
        ALWAYS = "always", _("Always")
        AFTER_SURGERY = "after_surgery", _("After surgery")

    class Urgency(models.TextChoices):
        EMERGENCY = "emergency", _("Emergency number now")
        CALL_TODAY = "call_today", _("Call the clinic today")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="red_flags")
    code = models.SlugField(max_length=60, help_text=SETTLED_LATER)
    position = models.PositiveSmallIntegerField()
    asked = models.CharField(max_length=20, choices=Asked)
    urgency = models.CharField(max_length=20, choices=Urgency)
    clinician_label = models.CharField(max_length=120)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="red_flags")
    # {"en": {"question", "sign", "what_to_do"}}
    texts = models.JSONField(default=dict)

    class Meta:
        ordering = ("position", "code")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code", "number"], name="red_flag_number_once"),
            models.UniqueConstraint(
                fields=["clinic", "code"], condition=models.Q(state="approved"), name="red_flag_approved_once"
            ),
            author_does_not_approve("red_flag_author_does_not_approve"),
            once_submitted("red_flag_beyond_draft_was_submitted"),
        ]

    def __str__(self) -> str:
        return self.clinician_label
