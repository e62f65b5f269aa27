"""A message as bytes for the mail server, and as words for the page that shows it."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from django.conf import settings
from django.utils.encoding import punycode
from django.utils.html import escape

from careplans.core.tokens import derive_token
from careplans.outbox.models import Message
from careplans.outbox.sealing import unseal
from careplans.outbox.server import sender_address

LINK = "{link}"
BUILD = SMTP.clone(cte_type="7bit")
# Long addresses in headers must not be folded into encoded words, which readers then cannot follow.
WRITE = BUILD.clone(max_line_length=998)


def link_of(message: Message) -> str:
    """The address behind ``{link}``, made anew each time: it is stored nowhere and must not be logged."""
    if not message.link_path:
        return ""
    address = f"{settings.SITE_URL}{message.link_path}"
    if not message.link_nonce:
        return address
    return f"{address.rstrip('/')}/{derive_token(message.link_nonce, purpose=message.link_purpose)}/"


def bodies(message: Message, link: str) -> tuple[str, str]:
    """Text and HTML part with ``link`` in them."""
    text, html = message.text, message.html
    if message.kind == Message.Kind.ACCOUNT:
        text, html = unseal(text), unseal(html)
    return text.replace(LINK, link), html.replace(LINK, escape(link))


def mail_bytes(message: Message, *, now: datetime) -> bytes:
    """The whole mail, one recipient, lines ending in CRLF; raises ValueError where it cannot be made.

    The standard library's policy refuses line breaks in headers, and all text is made 7-bit, which every server takes.
    """
    text, html = bodies(message, link_of(message))
    mail = EmailMessage(policy=BUILD)
    mail["From"] = Address(
        _one_line(message.clinic.name if message.clinic else "Careplans"), addr_spec=sender_address()
    )
    mail["To"] = Address(addr_spec=envelope_address(message))
    mail["Subject"] = message.subject
    mail["Date"] = now
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    if html:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail.as_bytes(policy=WRITE)


def envelope_address(message: Message) -> str:
    """The recipient as the mail server wants it: a domain in other letters becomes its ASCII form."""
    name, at, domain = message.to_address.rpartition("@")
    return f"{name}{at}{punycode(domain)}"


def _one_line(name: str) -> str:
    return " ".join(name.split())
