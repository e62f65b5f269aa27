"""A message as bytes for the mail server, and as words for the page that shows it."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.utils.html import escape

from careplans.core.tokens import derive_token
from careplans.outbox.models import Message
from careplans.outbox.sealing import unseal
from careplans.outbox.server import sender_address

LINK = "{link}"


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
    """The whole mail, one recipient, lines ending in CRLF; raises ValueError where it cannot be made."""
    text, html = bodies(message, link_of(message))
    headers = {
        "Message-ID": message.message_id,
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",
    }
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
    name = message.clinic.name if message.clinic else "Careplans"
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=text,
        from_email=formataddr((_one_line(name), sender_address())),
        to=[message.to_address],
        headers=headers,
    )
    if html:
        mail.attach_alternative(html, "text/html")
    return mail.message().as_bytes(linesep="\r\n")


def envelope_address(message: Message) -> str:
    """The recipient as the mail server wants it: a domain in other letters becomes its ASCII form."""
    return str(sanitize_address(message.to_address, "utf-8"))


def _one_line(name: str) -> str:
    return " ".join(name.split())
