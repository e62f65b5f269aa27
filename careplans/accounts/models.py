"""Clinics, the people who work there, and the invitations that let them in."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import datetime, time
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from careplans.accounts.permissions import Role
from careplans.core.models import UUIDModel


def time_zone_choices() -> list[tuple[str, str]]:
    """All zones this machine knows. A function, so that no migration holds a list that changes every year."""
    names = (name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
    return [(name, name) for name in sorted(names)]


TIME_ZONE_CHOICES = time_zone_choices


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=email.strip().lower(), name=name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(
            email=email, name=name, password=password, is_staff=True, is_superuser=True, **extra
        )


class User(UUIDModel, AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do depends on their memberships."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    # Django's own flag. Nothing here asks for it: what somebody may open depends on their roles alone.
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Part of what every session is checked against: counting it up ends all sessions of this person.
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_its_case")]

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Also checked with older secret keys by Django, which is why this hook is overridden and not its caller."""
        seal = f"{self.password}:{self.session_generation}"
        return salted_hmac("careplans.accounts.session", seal, secret=secret, algorithm="sha256").hexdigest()

    @property
    def actor_id(self) -> uuid.UUID:
        return self.pk

    @property
    def actor_label(self) -> str:
        return self.name

    @property
    def actor_kind(self) -> str:
        return "staff"


class ClinicQuerySet(models.QuerySet["Clinic"]):
    def real(self) -> ClinicQuerySet:
        """Without the demo clinic, whose made-up staff may do nothing outside the demo."""
        return self.filter(is_demo=False)


class Clinic(UUIDModel):
    """The tenant: everything clinical belongs to exactly one."""

    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40)
    country = models.CharField(
        _("country"), max_length=2, default="GB", help_text=_("Two letters, such as GB.")
    )
    emergency_number = models.CharField(_("emergency number"), max_length=20, default="112")
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, choices=TIME_ZONE_CHOICES, default="UTC")
    brand_colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#0b5c5e",
        validators=[
            RegexValidator(r"^#[0-9a-f]{6}$", _("Write the colour as # and six digits, such as #0b5c5e."))
        ],
    )
    sending_from = models.TimeField(_("send mails from"), default=time(8, 0))
    sending_until = models.TimeField(_("send mails until"), default=time(20, 0))
    out_of_hours_text = models.CharField(
        _("what patients read when the clinic is closed"), max_length=300, blank=True
    )
    pain_threshold = models.PositiveSmallIntegerField(
        _("pain that raises an alert"), default=7, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    reminder_after_days = models.PositiveSmallIntegerField(_("remind after days"), default=2)
    check_in_open_days = models.PositiveSmallIntegerField(_("a check-in can be answered for days"), default=7)
    clinical_lead = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("clinical lead"),
    )
    cover_after_minutes = models.PositiveSmallIntegerField(
        _("alert goes to the cover after minutes"), default=60
    )
    lead_after_minutes = models.PositiveSmallIntegerField(
        _("alert goes to the lead after minutes"), default=120
    )
    # Languages whose translations are not used until a qualified person has approved them.
    approved_translations_only = models.JSONField(default=list, blank=True)
    is_sending_paused = models.BooleanField(_("sending is paused"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    # Counted up with every change: a form that was opened before somebody else's change is refused.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sending_from__lt=models.F("sending_until")),
                name="clinic_sending_hours_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(cover_after_minutes__lt=models.F("lead_after_minutes")),
                name="clinic_ladder_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        return self.filter(ended_at=None, user__is_active=True)

    def of(self, clinic: Clinic) -> MembershipQuerySet:
        return self.filter(clinic=clinic)

    def with_role(self, role: Role) -> MembershipQuerySet:
        return self.filter(role=role)


class Membership(UUIDModel):
    """One role of one person in one clinic; somebody with two roles has two."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    # Of a reviewer: the languages whose translations they are qualified to judge (``accounts.qualified``).
    languages = models.JSONField(default=list, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "role"],
                condition=models.Q(ended_at=None),
                name="membership_active_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def of(self, clinic: Clinic) -> InvitationQuerySet:
        return self.filter(clinic=clinic)

    def open(self, now: datetime) -> InvitationQuerySet:
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)


class Invitation(UUIDModel):
    """Lets one person in once. The token itself is never stored, see ``core.tokens``."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="invitations")
    # Empty only for a clinic's first administrator, who may not be known yet when the link is printed.
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.get_role_display()}"
