"""How allauth behaves here: nobody registers by themselves, and every sign-in leaves a trace."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from careplans.accounts import sessions
from careplans.accounts.kept_forms import drop_forms_of_others
from careplans.accounts.models import User
from careplans.audit.record import SYSTEM, record_change

log = logging.getLogger("careplans.security")


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail address and password do not go together. Check both, or set a new password."
        ),
        "too_many_login_attempts": _("Too many tries. For safety, wait five minutes before the next one."),
        "incorrect_code": _("This code is not right. Codes change every 30 seconds: type the one shown now."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your current password."),
        "rate_limited": _("Too many tries. For safety, wait a few minutes before the next one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only back to this very site: where ``next=`` leads somewhere else it is ignored."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=settings.IS_HTTPS
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where something typed waits, there first."""
        if sessions.KEPT_FORMS in request.session:
            return reverse("sent-again")
        return str(super().get_login_redirect_url(request))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Built on the configured address: a forged Host header must not get into a mail."""
        uid, _dash, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret})
        return f"{settings.SITE_URL}{path}"

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        now = timezone.now()
        sessions.begin(request.session, now)
        drop_forms_of_others(request.session, user_id=user.pk)
        methods = [record["method"] for record in get_authentication_records(request, user)]
        if "mfa" in methods:
            sessions.note_second_factor(request.session)
        details = {"with": methods}
        record_change(
            by=user, action="staff.signed_in", subject=user, now=now, clinic_id=None, details=details
        )

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            record_change(
                by=user, action="staff.signed_out", subject=user, now=timezone.now(), clinic_id=None
            )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Never log what was typed: people put their password into the wrong field."""
        user = User.objects.filter(email=credentials.get("email", "").lower()).first()
        ip = self.get_client_ip(request)
        log.warning("sign-in failed user=%s ip=%s", user.pk if user else "unknown", ip)
        if user:
            now = timezone.now()
            record_change(by=SYSTEM, action="staff.sign_in_failed", subject=user, now=now, clinic_id=None)
