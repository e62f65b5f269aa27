"""Seals the body of account mails: they hold a link that lets somebody set a password.

Decision: such a body is encrypted with a key derived from SECRET_KEY while it waits (seconds, an hour at most), is
opened only while the mail is made, and is blanked as soon as the message is settled. Neither the database nor a backup
of it holds a usable reset link, and no page shows these mails: they belong to no clinic.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(ValueError):
    """A sealed body cannot be opened: the secret key was changed without keeping the old one."""


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise SealBroken("The sealed text cannot be opened with the present secret key.") from error


def _box() -> MultiFernet:
    return MultiFernet(
        [Fernet(_key(secret)) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]
    )


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.new(secret.encode(), b"outbox-seal", hashlib.sha256).digest())
