"""Which mail server to hand mail to, read from EMAIL_URL. Without one, mails are kept in the app."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

PORTS = {"smtp": 25, "smtps": 465}
YES = frozenset({"true", "1", "yes", "on"})


class UnusableEmailURL(ValueError):
    """EMAIL_URL cannot be understood; ``str()`` names the cure and never the password."""


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False  # TLS from the first byte
    is_starttls: bool = False  # TLS asked for after the greeting; without it nothing is sent


def mail_server() -> MailServer | None:
    """The configured server; ``None`` where mails are kept."""
    return parse_email_url(settings.EMAIL_URL)


def parse_email_url(url: str) -> MailServer | None:
    """``smtp://user:password@host:587?tls=True`` or ``smtps://host``; empty means no server."""
    if not url.strip():
        return None
    parts = urlsplit(url.strip())
    if parts.scheme not in PORTS or not parts.hostname:
        raise UnusableEmailURL(
            "EMAIL_URL must look like smtp://user:password@mail.example:587?tls=True or smtps://…"
        )
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise UnusableEmailURL("The port in EMAIL_URL must be a number from 1 to 65535.") from error
    asked = parse_qs(parts.query).get("tls", ["false"])[0].lower()
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        is_starttls=parts.scheme == "smtp" and asked in YES,
    )


def sender_address() -> str:
    """The bare address all mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def sender_domain() -> str:
    return sender_address().rpartition("@")[2] or "localhost"
