"""Second factors: how their secrets are kept, and when one may be removed."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import User
from careplans.core.sealed import box

PURPOSE = "careplans.accounts.second_factor"
# Recovery codes alone are no factor: they only stand in for one.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User) -> bool:
    return bool(is_mfa_enabled(user, types=FACTORS))


def may_remove(authenticator: Authenticator) -> bool:
    """The last one stays where one is required: add the new one first."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return True
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
    return bool(others.exclude(pk=authenticator.pk).exists())


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Codes change every 30 seconds: type the one shown now."),
    }

    def encrypt(self, text: str) -> str:
        """A stolen database alone does not give anybody's codes away."""
        return box(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box(PURPOSE).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return may_remove(authenticator)

    def _get_site_name(self) -> str:
        """What an authenticator app and a passkey prompt call this place."""
        return str(settings.MFA_TOTP_ISSUER)
