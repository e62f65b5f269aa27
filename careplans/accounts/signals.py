"""What allauth tells us after the fact: changes of passwords and second factors go into the audit trail."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from careplans.accounts import sessions
from careplans.accounts.models import User
from careplans.accounts.second_factor import FACTORS
from careplans.audit.record import record_change

log = logging.getLogger("careplans.security")


def _note(user: User, action: str, **details: str) -> None:
    record_change(by=user, action=action, subject=user, now=timezone.now(), clinic_id=None, details=details)


@receiver(password_changed)
def note_password_changed(user: User, **kwargs: Any) -> None:
    _note(user, "staff.password_changed")


@receiver(password_reset)
def note_password_reset(user: User, **kwargs: Any) -> None:
    _note(user, "staff.password_reset")


@receiver(authenticator_added)
def note_factor_added(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    if authenticator.type in FACTORS:
        sessions.note_second_factor(request.session)
    _note(user, "staff.second_factor_added", type=authenticator.type)


@receiver(authenticator_used)
def note_factor_used(request: HttpRequest, **kwargs: Any) -> None:
    """Also at re-authentication; at sign-in the session has no user yet, so the adapter notes it."""
    if request.user.is_authenticated:
        sessions.note_second_factor(request.session)


@receiver(authenticator_removed)
def note_factor_removed(user: User, authenticator: Any, **kwargs: Any) -> None:
    _note(user, "staff.second_factor_removed", type=authenticator.type)


@receiver(authenticator_reset)
def note_recovery_codes_made(user: User, **kwargs: Any) -> None:
    _note(user, "staff.recovery_codes_made")


@receiver(authentication_failed)
def note_wrong_code(user: User, authenticator: Any, **kwargs: Any) -> None:
    log.warning("second factor failed user=%s type=%s", user.pk, authenticator.type)
    _note(user, "staff.second_factor_failed", type=authenticator.type)
