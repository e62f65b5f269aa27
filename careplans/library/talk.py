"""What author and reviewer say to one another about a version. Kept for good, never changed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.library.reviewed import ReviewedContent
from careplans.library.targets import exactly_one_target, one_version, person, target_of

COMMENT_LENGTH = 2000


class ReviewComment(UUIDModel):
    """``kind`` says with which step it came: a remark alone, why a version was sent back, or why somebody asks for a recall."""

    class Kind(models.TextChoices):
        REMARK = "remark", _("Remark")
        SENT_BACK = "sent_back", _("Sent back")
        RECALL = "recall", _("Asks for a recall")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="review_comments")
    component_version = one_version("ComponentVersion", related_name="comments")
    template_version = one_version("TemplateVersion", related_name="comments")
    safety_rule = one_version("SafetyRule", related_name="comments")
    red_flag = one_version("RedFlag", related_name="comments")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REMARK)
    text = models.CharField(_("comment"), max_length=COMMENT_LENGTH)
    said_by = person()
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("said_at", "id")
        constraints = [
            models.CheckConstraint(condition=exactly_one_target(), name="review_comment_on_one_version")
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def version(self) -> ReviewedContent:
        return target_of(self)
