"""Which mail server to hand mail to, read from EMAIL_URL. Without one, mails are kept in the app."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

# The default sender, careplans@localhost, is one.
validate_address = EmailValidator(allowlist=["localhost"])
PORTS = {"smtp": 25, "smtps": 465}
YES = frozenset({"true", "1", "yes", "on"})


class UnusableEmailURL(ValueError):
    """EMAIL_URL cannot be understood; ``str()`` goes on after its name and never holds the password."""


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False  # TLS from the first byte
    is_starttls: bool = False  # TLS asked for after the greeting; without it nothing is sent

    @property
    def is_encrypted(self) -> bool:
        return self.is_tls or self.is_starttls


def mail_server() -> MailServer | None:
    """The configured server; ``None`` where mails are kept."""
    return parse_email_url(settings.EMAIL_URL)


def parse_email_url(url: str) -> MailServer | None:
    """``smtp://user:password@host:587?tls=True``, ``smtps://host`` or ``smtp://host:465?ssl=True``; empty: no server."""
    if not url.strip():
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise UnusableEmailURL("is not the address of a mail server") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise UnusableEmailURL("is not the address of a mail server")
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise UnusableEmailURL("has a port that is not a number from 1 to 65535") from error
    options = parse_qs(parts.query)
    is_starttls, is_ssl = (options.get(name, ["no"])[0].lower() in YES for name in ("tls", "ssl"))
    is_tls = parts.scheme == "smtps" or is_ssl
    if is_starttls and is_tls:
        raise UnusableEmailURL("asks for tls and ssl at once")
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=is_tls,
        is_starttls=is_starttls,
    )


def sender_address() -> str:
    """The bare address all mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def sender_trouble() -> str:
    """Why no mail can carry the configured sender; empty when it can. Goes on after ``FROM_EMAIL``."""
    address = sender_address()
    try:
        validate_address(address)
    except ValidationError:
        return f"is “{settings.DEFAULT_FROM_EMAIL}”, which holds no e-mail address"
    if not address.isascii():
        return f"is “{settings.DEFAULT_FROM_EMAIL}”; write its domain in ASCII letters (xn--…)"
    return ""


def sender_domain() -> str:
    return sender_address().rpartition("@")[2] or "localhost"
