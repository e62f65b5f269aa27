"""allauth's forms in our words: labels say it all, so no placeholders beside them."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# Well above what rendering and queueing the mail takes.
ASKING_TAKES_SECONDS = 0.08
EMAIL = _("E-mail address")
NEW_PASSWORD = _("New password")
NEW_PASSWORD_AGAIN = _("New password once more")
PASSWORD_RULES = _("At least 12 characters. Four random words are good. Not your name, nor your clinic's.")
CODE_HELP = _("Six digits from your authenticator app, or one of your recovery codes.")
WHEN_EMPTY = {
    "login": _("Write your e-mail address."),
    "email": _("Write your e-mail address."),
    "password": _("Write your password."),
    "oldpassword": _("Write the password you have now."),
    "password1": _("Write a new password."),
    "password2": _("Write the new password once more."),
    "code": _("Write the code."),
}


class Plain:
    """Set ``labels`` and ``help_texts`` by field name; placeholders go."""

    labels: dict[str, Any] = {}
    help_texts: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]  # mixed into forms only
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.help_texts.get(name, "")
            field.error_messages["required"] = WHEN_EMPTY.get(name, _("Please fill this in."))
            if name == "password1":
                field.help_text = PASSWORD_RULES
            if "code" in name:
                field.widget.attrs |= {"inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}


class SignInForm(Plain, account_forms.LoginForm):  # type: ignore[misc]  # allauth ships no types
    labels = {"login": EMAIL, "password": _("Password")}


class AskForNewPasswordForm(Plain, account_forms.ResetPasswordForm):  # type: ignore[misc]
    labels = {"email": EMAIL}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Writing a mail takes some milliseconds; a stranger's address must take as long, or it tells them apart."""
        started = time.monotonic()
        email: str = super().save(request, **kwargs)
        time.sleep(max(0.0, ASKING_TAKES_SECONDS - (time.monotonic() - started)))
        return email


class NewPasswordForm(Plain, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    labels = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD_AGAIN}


class ChangePasswordForm(Plain, account_forms.ChangePasswordForm):  # type: ignore[misc]
    labels = {
        "oldpassword": _("Current password"),
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD_AGAIN,
    }


class PasswordAgainForm(Plain, account_forms.ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": _("Your password")}


class CodeForm(Plain, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    labels = {"code": _("Code")}
    help_texts = {"code": CODE_HELP}


class CodeAgainForm(Plain, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    labels = {"code": _("Code")}
    help_texts = {"code": CODE_HELP}


class FirstCodeForm(Plain, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": _("Code your app shows now")}


class AddKeyForm(Plain, webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    labels = {"name": _("Name of the key"), "passwordless": _("Sign in with it alone, without a password")}
    help_texts = {
        "name": _("So that you can tell it from others, such as “Phone” or “Blue key”."),
        "passwordless": _("The device then asks for your finger, face or PIN each time."),
    }
