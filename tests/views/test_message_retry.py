from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.outbox.models import Message
from tests.make.outbox import make_message

ClientOf = Callable[..., Client]
pytestmark = pytest.mark.django_db
State = Message.State


def failed(clinic: Clinic, state: str = State.FAILED, **fields: Any) -> Message:
    message = make_message(clinic, **fields)
    Message.objects.filter(pk=message.pk).update(
        state=state, failure=Message.Failure.ADDRESS, attempts=3, try_at=None
    )
    message.refresh_from_db()
    return message


def url(message: Message) -> str:
    return reverse("message-retry", args=[message.pk])


def test_anonymous_signs_in_first(client: Client, clinic: Clinic) -> None:
    message = failed(clinic)
    assert client.post(url(message)).status_code == 302
    assert Message.objects.get(pk=message.pk).state == State.FAILED


def test_wrong_role(client_of: ClientOf, clinic: Clinic) -> None:
    assert client_of(Role.EDITOR).post(url(failed(clinic))).status_code == 403


def test_another_clinic(client_of: ClientOf, other_clinic: Clinic) -> None:
    assert client_of(Role.CLINICIAN).post(url(failed(other_clinic))).status_code == 404


def test_get_changes_nothing(client_of: ClientOf, clinic: Clinic) -> None:
    assert client_of(Role.CLINICIAN).get(url(failed(clinic))).status_code == 405


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_queues_again_with_the_same_message_id(client_of: ClientOf, clinic: Clinic, state: str) -> None:
    message = failed(clinic, state, patient_id=uuid.uuid4())
    response = client_of(Role.FRONT_DESK).post(url(message), follow=True)
    again = Message.objects.get(pk=message.pk)
    assert "queued again" in response.text
    assert (again.state, again.attempts, again.failure) == (State.PENDING, 0, "")
    assert again.message_id == message.message_id
    change = AuditEvent.objects.get(action="message.retried")
    assert (change.patient_id, change.details) == (message.patient_id, {"was": state})


@pytest.mark.parametrize("state", [State.SENT, State.KEPT, State.CANCELLED, State.EXPIRED])
def test_refuses_what_needs_no_retry(client_of: ClientOf, clinic: Clinic, state: str) -> None:
    message = failed(clinic, state)
    response = client_of(Role.CLINICIAN).post(url(message), follow=True)
    assert "Only a message that could not be sent" in response.text
    assert Message.objects.get(pk=message.pk).state == state


def test_refuses_after_its_time(client_of: ClientOf, clinic: Clinic) -> None:
    message = failed(clinic, send_by=datetime(2020, 1, 1, tzinfo=UTC))
    client = client_of(Role.CLINICIAN)
    assert "Send again" not in client.get(reverse("message-detail", args=[message.pk])).text
    assert "may no longer be sent" in client.post(url(message), follow=True).text


def test_a_second_click_finds_it_queued(client_of: ClientOf, clinic: Clinic) -> None:
    message = failed(clinic)
    client = client_of(Role.CLINICIAN)
    client.post(url(message))
    client.post(url(message))
    assert AuditEvent.objects.filter(action="message.retried").count() == 1
