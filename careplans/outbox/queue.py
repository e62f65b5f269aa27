"""Queueing, calling back and re-addressing messages: the verbs other rooms use.

They run inside the caller's transaction, so a message exists if and only if the change that caused it does.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.core.refusals import Refusal
from careplans.outbox.hint import hint_delivery
from careplans.outbox.mail import LINK
from careplans.outbox.models import Message
from careplans.outbox.server import sender_domain

SUBJECT_LIMIT = 200
# What somebody waits for right now. Check-ins go with the minute's tick: a hint each would only repeat it.
NOT_HINTED = frozenset({Message.Kind.CHECK_IN, Message.Kind.REMINDER})


class UnusableAddress(Refusal):
    """The e-mail address cannot be written to."""


class UnusableMessage(Refusal):
    """The subject or the text cannot be sent as they are."""


@transaction.atomic
def queue_message(
    *,
    clinic: Clinic | None,
    kind: str,
    key: str,
    to_address: str,
    subject: str,
    text: str,
    html: str = "",
    language: str,
    due_at: datetime,
    send_by: datetime | None = None,
    patient_id: uuid.UUID | None = None,
    priority: int = 5,
    link_nonce: str = "",
    link_purpose: str = "",
    link_path: str = "",
    now: datetime,
) -> Message:
    """Queue one mail to one address. A second call with the same ``key`` changes nothing and returns the first message.

    ``text`` and ``html`` may hold ``{link}``: SITE_URL + ``link_path``, followed by the token of ``link_nonce`` where
    there is one. ``due_at`` already keeps sending hours and time zones; after ``send_by`` it is not sent any more.
    """
    to_address = usable_address(to_address)
    check_content(subject=subject, text=text, html=html, link_path=link_path)
    message, is_new = Message.objects.get_or_create(
        key=key,
        defaults={
            "clinic": clinic,
            "kind": Message.Kind(kind),
            "to_address": to_address,
            "subject": subject,
            "text": text,
            "html": html,
            "language": language,
            "due_at": due_at,
            "try_at": due_at,
            "send_by": send_by,
            "patient_id": patient_id,
            "priority": priority,
            "link_nonce": link_nonce,
            "link_purpose": link_purpose,
            "link_path": link_path,
            "message_id": new_message_id(),
            "created_at": now,
        },
    )
    if is_new and due_at <= now and message.kind not in NOT_HINTED:
        hint_delivery()
    return message


@transaction.atomic
def cancel_messages(*, keys: Sequence[str], now: datetime) -> int:
    """Call back what has not been handed over yet; returns how many will not leave because of this."""
    return _call_back(Q(key__in=list(keys)), now)


@transaction.atomic
def cancel_messages_of_patient(*, patient_id: uuid.UUID, now: datetime) -> int:
    """Call back everything on its way to a patient who opted out, and let nothing of theirs be sent again by hand."""
    mine = Q(patient_id=patient_id)
    failed = Message.objects.filter(mine, state__in=[Message.State.FAILED, Message.State.UNKNOWN])
    failed.update(send_by=now)
    return _call_back(mine, now)


def _call_back(which: Q, now: datetime) -> int:
    """A message whose outcome is unknown stays so, for that is the truth; only its second try is dropped."""
    Message.objects.filter(which, state=Message.State.UNKNOWN).update(try_at=None)
    waiting = Message.objects.filter(which, state__in=[Message.State.PENDING, Message.State.CLAIMED])
    return waiting.update(
        state=Message.State.CANCELLED, settled_at=now, lease_id=None, lease_until=None, try_at=None
    )


@transaction.atomic
def readdress_messages(*, patient_id: uuid.UUID, to_address: str) -> int:
    """Send what has not left yet to the patient's new address; failed ones take it for a retry by hand.

    A worker that holds one of them notices: it hands over only what still has the address it read.
    """
    open_states = [
        Message.State.PENDING,
        Message.State.CLAIMED,
        Message.State.UNKNOWN,
        Message.State.FAILED,
    ]
    mine = Message.objects.filter(patient_id=patient_id, state__in=open_states)
    return mine.update(to_address=usable_address(to_address))


def usable_address(address: str) -> str:
    """The address without blanks around it, or a refusal that says what is wrong."""
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise UnusableAddress(
            _("“%(address)s” is not a usable e-mail address.") % {"address": address}
        ) from error
    if len(address) > 254:
        raise UnusableAddress(_("This e-mail address is too long."))
    return address


def check_content(*, subject: str, text: str, html: str, link_path: str) -> None:
    """Refuse what would break a header (CR, LF, NUL) or leave a link empty."""
    if not subject.strip() or any(not character.isprintable() for character in subject):
        raise UnusableMessage(_("The subject must be one line of text."))
    if len(subject) > SUBJECT_LIMIT:
        raise UnusableMessage(
            _("The subject may have at most %(limit)s characters.") % {"limit": SUBJECT_LIMIT}
        )
    if not text.strip() or "\0" in text + html:
        raise UnusableMessage(_("The message has no text that can be sent."))
    if LINK in text + html and not link_path:
        raise UnusableMessage(_("The message names a link but has none."))


def new_message_id() -> str:
    """Made once a message and kept over retries, so that a mail server or reader can tell a copy from a new mail."""
    return f"<{uuid.uuid4().hex}@{sender_domain()}>"
