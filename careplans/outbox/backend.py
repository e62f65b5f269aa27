"""Django's e-mail backend: what the sign-in pages send (password reset and the like) leaves by the outbox too.

Decision: these mails hold a secret link in their body, so they are sealed while they wait, expire after an hour, are
blanked once settled, belong to no clinic, and are shown on no page (see ``sealing``).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation

from careplans.outbox.models import Message
from careplans.outbox.queue import SUBJECT_LIMIT, queue_message
from careplans.outbox.sealing import seal

SEND_WITHIN = timedelta(hours=1)


class AttachmentsNotSent(Exception):
    """A mail with an attachment was given to the outbox, which carries none."""


class OutboxBackend(BaseEmailBackend):
    @transaction.atomic
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue each mail once per recipient, never one mail to several people."""
        for mail in email_messages:
            if mail.attachments:
                raise AttachmentsNotSent(mail.subject)
            for recipient in mail.recipients():
                self._queue(mail, parseaddr(recipient)[1])
        return len(email_messages)

    @staticmethod
    def _queue(mail: EmailMessage, address: str) -> None:
        now = timezone.now()
        queue_message(
            clinic=None,
            kind=Message.Kind.ACCOUNT,
            key=f"account:{uuid.uuid4()}",
            to_address=address,
            subject=" ".join(str(mail.subject).split())[:SUBJECT_LIMIT],
            text=seal(str(mail.body)),
            html=seal(_html_of(mail)),
            language=translation.get_language() or "en",
            due_at=now,
            send_by=now + SEND_WITHIN,
            now=now,
        )


def _html_of(mail: EmailMessage) -> str:
    alternatives: list[Any] = mail.alternatives if isinstance(mail, EmailMultiAlternatives) else []
    return next((str(content) for content, kind in alternatives if kind == "text/html"), "")
