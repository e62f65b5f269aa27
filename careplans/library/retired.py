"""Why something was taken out of use: kept for good, and for safety rules and red flags decided by two people."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.library.reviewed import ReviewedContent
from careplans.library.targets import exactly_one_target, one_version, paired, person, target_of

REASON_LENGTH = 400


class RetirementQuerySet(models.QuerySet["Retirement"]):
    def waiting(self) -> RetirementQuerySet:
        """Proposed, and neither confirmed nor withdrawn."""
        return self.filter(confirmed_at=None, withdrawn_at=None)


class Retirement(UUIDModel):
    """Of a safety rule or red flag in use it is a proposal until a second person confirms it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="retirements")
    component_version = one_version("ComponentVersion", related_name="retirements")
    template_version = one_version("TemplateVersion", related_name="retirements")
    safety_rule = one_version("SafetyRule", related_name="retirements")
    red_flag = one_version("RedFlag", related_name="retirements")
    # What never was in use may be dropped by one person.
    was_in_use = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    proposed_by = person()
    proposed_at = models.DateTimeField()
    confirmed_by = person(may_be_missing=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = person(may_be_missing=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RetirementQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at",)
        verbose_name = _("retirement")
        verbose_name_plural = _("retirements and proposals to retire")
        constraints = [
            models.CheckConstraint(condition=exactly_one_target(), name="retirement_of_one_version"),
            models.CheckConstraint(condition=paired("confirmed"), name="retirement_confirmed_paired"),
            models.CheckConstraint(condition=paired("withdrawn"), name="retirement_withdrawn_paired"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(withdrawn_at=None), name="retirement_has_one_end"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None)
                | ~Q(confirmed_by=F("proposed_by"))
                | Q(was_in_use=False)
                | Q(safety_rule=None, red_flag=None),
                name="retirement_of_safety_by_two_people",
            ),
            *(
                models.UniqueConstraint(
                    fields=[name],
                    condition=Q(confirmed_at=None, withdrawn_at=None),
                    name=f"retirement_of_{name}_waits_once",
                )
                for name in ("safety_rule", "red_flag")
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def version(self) -> ReviewedContent:
        return target_of(self)
