"""Tokens for links in mails: derivable when a mail is sent, never stored, compared by hash.

A row keeps a random nonce (128 bit) and the SHA-256 of the token. The token itself is an HMAC of the nonce under the
secret key, so neither the database alone nor a retry of the same mail can reveal or change it. The nonce says under
which key, so that a link sent after the key was changed still opens, as long as the old key is a fallback.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from django.conf import settings


def new_nonce() -> str:
    """128 random bits behind the name of the key in use; 31 characters."""
    return f"{_key_name(settings.SECRET_KEY)}.{secrets.token_urlsafe(16)}"


def derive_token(nonce: str, *, purpose: str) -> str:
    """The token of ``nonce`` for one ``purpose``; 192 bit in URL-safe base64 (32 characters)."""
    key = _key_of(nonce)
    digest = hmac.new(key.encode(), f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def _key_of(nonce: str) -> str:
    """The key the nonce was made under, or the one in use where that is gone: its links no longer open."""
    name = nonce.partition(".")[0]
    known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return next((key for key in known if _key_name(key) == name), known[0])


def _key_name(key: str) -> str:
    """Eight characters that tell keys apart and say nothing of them."""
    return hashlib.sha256(b"name of " + key.encode()).hexdigest()[:8]


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
