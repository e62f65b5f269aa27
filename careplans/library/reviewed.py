"""What everything in the library that is reviewed shares: what it is known by, its versions, and what never changes."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.core.models import UUIDModel


class ApprovedVersionsNeverChange(Exception):
    """A version that is no draft, or a part of one, was saved or deleted."""


class IdentityNeverChanges(Exception):
    """A code or kind that rules, templates and plans ask for was changed after a version of it was submitted."""


class ReviewState(models.TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    IN_REVIEW = "in_review", gettext_lazy("In review")
    APPROVED = "approved", gettext_lazy("Approved")
    RETIRED = "retired", gettext_lazy("Retired")


class Identified(UUIDModel):
    """Is known to others by fields of its own, which are settled once a version of it was submitted.

    A safety rule names components by code: a component that could be renamed would leave its rules behind.
    """

    identity: ClassVar[tuple[str, ...]] = ("clinic_id", "code")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            stored = None if self._state.adding else self.held().first()
            if stored is not None:
                self.refuse_what_is_fixed(stored, kwargs.get("update_fields"))
            super().save(*args, **kwargs)

    def held(self) -> models.QuerySet[Self]:
        """The row as the database has it, kept from others until the transaction ends."""
        return type(self)._default_manager.select_for_update().filter(pk=self.pk).order_by()

    def is_settled(self) -> bool:
        raise NotImplementedError

    def has_other_identity(self, stored: Self) -> bool:
        return any(getattr(self, name) != getattr(stored, name) for name in self.identity)

    def refuse_what_is_fixed(self, stored: Self, only: Any) -> None:
        if self.has_other_identity(stored) and stored.is_settled():
            raise IdentityNeverChanges


class ReviewedContent(Identified):
    """What a version of any reviewed content carries: number, state, who wrote and who approved it, review date."""

    number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.DRAFT)
    # The version whose words it began with; empty for what was written from nothing or came from a file.
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Raised by every change of a draft; a change that names an older one is refused (``versions.hold_draft``).
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField()
    # The first time; stays when the version is sent back.
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The last time, and by whom; empty for what came with Careplans.
    last_submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    # Empty for starter content, which comes reviewed with the product.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Everybody who ever wrote in it; none of them can approve it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    review_due_on = models.DateField()
    # Language → hash of English and translation (``translations.sha_of``) as they stood when the translation was saved
    # or confirmed in this draft. Void by itself when either side changes again.
    checked_languages = models.JSONField(default=dict, blank=True, editable=False)
    # Hash of the starter file this version came from; empty for what a clinic wrote itself.
    starter_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    # Fields an approved version may still change: its life cycle, never its content.
    life_cycle_fields = frozenset({"state", "review_due_on"})

    class Meta:
        abstract = True

    def refuse_what_is_fixed(self, stored: Self, only: Any) -> None:
        is_life_cycle = bool(only) and set(only) <= self.life_cycle_fields
        if stored.state != ReviewState.DRAFT and not is_life_cycle:
            raise ApprovedVersionsNeverChange
        super().refuse_what_is_fixed(stored, only)

    def clean(self) -> None:
        """The forms' words; ``start_version`` is how a next version begins."""
        super().clean()
        stored = None if self._state.adding else type(self)._default_manager.filter(pk=self.pk).first()
        if stored is not None and not self.has_other_identity(stored):
            return
        others = self.versions().exclude(pk=self.pk)
        if "code" in self.identity and others.exists():
            raise ValidationError(
                {
                    "code": _(
                        "This code is taken. Choose another one, or pick it in the list and start a new version of it."
                    )
                }
            )
        if others.filter(state__in=[ReviewState.DRAFT, ReviewState.IN_REVIEW]).exists():
            raise ValidationError(
                _(
                    "A newer version is being written or reviewed already. Go on with that one: it is in the list."
                )
            )

    def versions(self) -> models.QuerySet[Self]:
        """All versions of the same thing."""
        same = {name: getattr(self, name) for name in self.identity}
        return type(self)._default_manager.filter(**same)

    def is_settled(self) -> bool:
        return self.versions().filter(submitted_at__isnull=False).exists()

    def is_review_due(self, today: date) -> bool:
        return self.review_due_on <= today


def author_does_not_approve(name: str) -> models.CheckConstraint:
    """The database's part of the four eyes; ``approve_version`` asks for all writers."""
    return models.CheckConstraint(
        condition=models.Q(author=None) | ~models.Q(author=models.F("approved_by")), name=name
    )


def once_submitted(name: str) -> models.CheckConstraint:
    """What is reviewed or in use was submitted at some moment; a draft may be dropped without."""
    is_not_beyond = models.Q(state__in=["draft", "retired"])
    return models.CheckConstraint(condition=is_not_beyond | models.Q(submitted_at__isnull=False), name=name)


class PartOfVersion(UUIDModel):
    """A row that belongs to a version and is as fixed as it. ``bulk_create`` is for the loader alone, which brings
    versions and parts in together."""

    # The relation towards the version, and from there to its state.
    held_by: ClassVar[str] = "version"
    state_of_holder: ClassVar[str] = "state"

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self._refuse_unless_draft()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self._refuse_unless_draft()
            return super().delete(*args, **kwargs)

    def _refuse_unless_draft(self) -> None:
        """Neither the version it goes to nor the one it is stored with may be anything but a draft."""
        holder: Any = self._meta.get_field(self.held_by)
        goes_to = holder.related_model._default_manager.filter(pk=getattr(self, holder.attname)).order_by()
        stored = type(self)._default_manager.filter(pk=self.pk).order_by()
        states = {
            *goes_to.select_for_update().values_list(self.state_of_holder, flat=True),
            *stored.select_for_update().values_list(f"{self.held_by}__{self.state_of_holder}", flat=True),
        }
        if states - {ReviewState.DRAFT}:
            raise ApprovedVersionsNeverChange
