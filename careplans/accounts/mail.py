"""Mails of this room. They leave by the outbox, which lies above this room and is therefore named in the settings."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from careplans.accounts.models import Invitation

INVITATION_PURPOSE = "invitation"
INVITATION_PATH = "/invitation/"


def queue_invitation(*, invitation: Invitation, now: datetime) -> None:
    """Queue the mail with the link. ``{link}`` stays a placeholder: the address is only made while sending."""
    context = {"invitation": invitation, "clinic": invitation.clinic, "role": invitation.get_role_display()}
    language = invitation.clinic.language
    mail = import_string(settings.COMPOSE_MESSAGE)("accounts/mail/invitation", context, language)
    import_string(settings.QUEUE_MESSAGE)(
        clinic=invitation.clinic,
        kind="invitation",
        key=f"invitation:{invitation.pk}",
        to_address=invitation.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language=language,
        due_at=now,
        send_by=invitation.expires_at,
        link_nonce=invitation.nonce,
        link_purpose=INVITATION_PURPOSE,
        link_path=INVITATION_PATH,
        now=now,
    )


def cancel_invitation_mail(*, invitation: Invitation, now: datetime) -> None:
    import_string(settings.CANCEL_MESSAGES)(keys=[f"invitation:{invitation.pk}"], now=now)
