"""Why something was taken out of use: kept for good, and for safety rules and red flags decided by two people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import Clinic
from careplans.core.models import UUIDModel
from careplans.library.reviewed import ReviewedContent

TARGETS = ("component_version", "template_version", "safety_rule", "red_flag")
REASON_LENGTH = 400


def _person(*, may_be_missing: bool) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=may_be_missing,
        blank=may_be_missing,
        related_name="+",
    )


def _version(model: str) -> Any:
    return models.ForeignKey(
        f"library.{model}", on_delete=models.PROTECT, null=True, blank=True, related_name="retirements"
    )


def _exactly_one(names: tuple[str, ...]) -> Q:
    found = Q()
    for chosen in names:
        found |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return found


def _paired(what: str) -> Q:
    both = (f"{what}_by__isnull", f"{what}_at__isnull")
    return Q(**dict.fromkeys(both, True)) | Q(**dict.fromkeys(both, False))


class RetirementQuerySet(models.QuerySet["Retirement"]):
    def waiting(self) -> RetirementQuerySet:
        """Proposed, and neither confirmed nor withdrawn."""
        return self.filter(confirmed_at=None, withdrawn_at=None)


class Retirement(UUIDModel):
    """Of a safety rule or red flag in use it is a proposal until a second person confirms it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="retirements")
    component_version = _version("ComponentVersion")
    template_version = _version("TemplateVersion")
    safety_rule = _version("SafetyRule")
    red_flag = _version("RedFlag")
    # What never was in use may be dropped by one person.
    was_in_use = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    proposed_by = _person(may_be_missing=False)
    proposed_at = models.DateTimeField()
    confirmed_by = _person(may_be_missing=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = _person(may_be_missing=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RetirementQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at",)
        verbose_name = _("retirement")
        verbose_name_plural = _("retirements and proposals to retire")
        constraints = [
            models.CheckConstraint(condition=_exactly_one(TARGETS), name="retirement_of_one_version"),
            models.CheckConstraint(condition=_paired("confirmed"), name="retirement_confirmed_paired"),
            models.CheckConstraint(condition=_paired("withdrawn"), name="retirement_withdrawn_paired"),
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
        found: ReviewedContent = next(filter(None, (getattr(self, name) for name in TARGETS)))
        return found

    @property
    def is_waiting(self) -> bool:
        return self.confirmed_at is None and self.withdrawn_at is None
