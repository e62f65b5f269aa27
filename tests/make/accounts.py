"""Makers of the accounts room: invitations with their link, second factors, codes, whole sign-ins."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from careplans.accounts.invitations import invitation_link
from careplans.accounts.models import Clinic, Invitation, User
from careplans.accounts.permissions import Role
from careplans.accounts.services import invite_staff
from careplans.accounts.sessions import SECOND_FACTOR
from tests.factories import NOW, PASSWORD, make_staff


def make_invitation(clinic: Clinic, *, now: datetime = NOW, **fields: Any) -> Invitation:
    by = fields.pop("by", None) or make_staff(clinic, Role.ADMINISTRATOR)
    given = {"email": "new@clinic.example", "name": "New Person", "role": Role.CLINICIAN} | fields
    return invite_staff(clinic=clinic, by=by, now=now, **given)


def link_path(invitation: Invitation) -> str:
    return re.sub(r"^https?://[^/]+", "", invitation_link(invitation))


def give_second_factor(user: User) -> str:
    """Set up an authenticator app for ``user`` and return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(client: Client, user: User, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": password}, **extra)


def signed_in_with_second_factor(user: User) -> Client:
    """A browser whose session has shown a second factor, without walking through the pages."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client
