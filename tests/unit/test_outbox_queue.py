"""Queueing, calling back, re-addressing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from careplans.accounts.models import Clinic
from careplans.outbox.models import Message
from careplans.outbox.queue import (
    UnusableAddress,
    UnusableMessage,
    cancel_messages,
    cancel_messages_of_patient,
    readdress_messages,
)
from tests.factories import NOW
from tests.make.outbox import make_message

State = Message.State


def put(message: Message, state: str, **fields: Any) -> Message:
    """Set a state by hand: these tests are about what comes after it."""
    if state in (State.CLAIMED, State.IN_DATA):
        fields |= {"lease_id": uuid.uuid4(), "lease_until": NOW + timedelta(minutes=1)}
    if state == State.FAILED:
        fields |= {"failure": Message.Failure.ADDRESS}
    Message.objects.filter(pk=message.pk).update(state=state, **fields)
    message.refresh_from_db()
    return message


def test_same_key_is_queued_once(clinic: Clinic) -> None:
    first = make_message(clinic, key="check-in:1", subject="First")
    second = make_message(clinic, key="check-in:1", subject="Second")
    assert (second.pk, second.subject, second.message_id) == (first.pk, "First", first.message_id)
    assert Message.objects.count() == 1


def test_message_id_is_of_our_own_domain(clinic: Clinic, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Plans <plans@clinic.example>"
    assert make_message(clinic).message_id.endswith("@clinic.example>")


def test_rolls_back_with_its_cause(clinic: Clinic) -> None:
    with transaction.atomic():
        make_message(clinic)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "a b@mail.example",
        "a@mail.example\r\nBcc: c@mail.example",
        "a@mail.example, b@mail.example",
        f"{'x' * 250}@mail.example",
        "a\0@mail.example",
    ],
)
def test_refuses_unusable_addresses(clinic: Clinic, address: str) -> None:
    with pytest.raises(UnusableAddress):
        make_message(clinic, to_address=address)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "subject", ["", "  ", "a\r\nBcc: b@mail.example", "a\nb", "a\0b", "a\u2028b", "x" * 201]
)
def test_refuses_subjects_that_break_a_header(clinic: Clinic, subject: str) -> None:
    with pytest.raises(UnusableMessage):
        make_message(clinic, subject=subject)


def test_refuses_a_link_without_an_address(clinic: Clinic) -> None:
    with pytest.raises(UnusableMessage):
        make_message(clinic, link_path="")


def test_refuses_an_empty_text(clinic: Clinic) -> None:
    with pytest.raises(UnusableMessage):
        make_message(clinic, text=" \n")


@pytest.mark.parametrize("state", [State.PENDING, State.CLAIMED])
def test_cancels_what_has_not_been_handed_over(clinic: Clinic, state: str) -> None:
    message = put(make_message(clinic), state)
    assert cancel_messages(keys=[message.key], now=NOW) == 1
    message.refresh_from_db()
    assert (message.state, message.settled_at, message.lease_id) == (State.CANCELLED, NOW, None)


@pytest.mark.parametrize("state", [State.IN_DATA, State.SENT, State.FAILED, State.KEPT])
def test_cancel_leaves_the_rest_alone(clinic: Clinic, state: str) -> None:
    message = put(make_message(clinic), state)
    assert cancel_messages(keys=[message.key], now=NOW) == 0
    message.refresh_from_db()
    assert message.state == state


def test_cancel_drops_the_second_try_of_an_unknown_one(clinic: Clinic) -> None:
    message = put(make_message(clinic), State.UNKNOWN, try_at=NOW)
    cancel_messages(keys=[message.key], now=NOW)
    message.refresh_from_db()
    assert (message.state, message.try_at) == (State.UNKNOWN, None)


def test_cancels_all_of_one_patient_only(clinic: Clinic) -> None:
    patient, other = uuid.uuid4(), uuid.uuid4()
    mine = make_message(clinic, patient_id=patient)
    theirs = make_message(clinic, patient_id=other)
    failed = put(make_message(clinic, patient_id=patient), State.FAILED)
    assert cancel_messages_of_patient(patient_id=patient, now=NOW) == 1
    for message in (mine, theirs, failed):
        message.refresh_from_db()
    assert (mine.state, theirs.state) == (State.CANCELLED, State.PENDING)
    assert failed.send_by == NOW  # so that nobody sends it again by hand


def test_readdresses_what_has_not_left(clinic: Clinic) -> None:
    patient = uuid.uuid4()
    waiting = make_message(clinic, patient_id=patient)
    sent = put(make_message(clinic, patient_id=patient), State.SENT)
    assert readdress_messages(patient_id=patient, to_address=" new@mail.example ") == 1
    waiting.refresh_from_db()
    assert waiting.to_address == "new@mail.example"
    assert Message.objects.get(pk=sent.pk).to_address == sent.to_address
