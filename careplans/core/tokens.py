"""Tokens for links in mails: derivable when a mail is sent, never stored, compared by hash.

A row keeps a random nonce (128 bit) and the SHA-256 of the token. The token itself is an HMAC of the nonce under the
secret key, so neither the database alone nor a retry of the same mail can reveal or change it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from django.conf import settings


def new_nonce() -> str:
    return secrets.token_hex(16)


def derive_token(nonce: str, *, purpose: str) -> str:
    """The token of ``nonce`` for one ``purpose``; 192 bit in URL-safe base64 (32 characters)."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
