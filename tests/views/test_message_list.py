from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.outbox.models import Message
from tests.make.outbox import make_message

URL = reverse("message-list")
ClientOf = Callable[..., Client]
pytestmark = pytest.mark.django_db


def test_anonymous_signs_in_first(client: Client) -> None:
    assert client.get(URL).status_code == 302


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_wrong_role(client_of: ClientOf, role: Role) -> None:
    assert client_of(role).get(URL).status_code == 403


def test_empty(client_of: ClientOf) -> None:
    assert "No messages yet" in client_of(Role.FRONT_DESK).get(URL).text


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK])
def test_shows_what_became_of_each(client_of: ClientOf, clinic: Clinic, role: Role) -> None:
    for state in Message.State:
        message = make_message(clinic, subject=f"About {state}")
        lease = {"lease_id": uuid.uuid4(), "lease_until": message.due_at}
        Message.objects.filter(pk=message.pk).update(state=state, failure=Message.Failure.ADDRESS, **lease)
    page = client_of(role).get(URL).text
    for words in (
        "Queued",
        "Sent",
        "Could not be sent",
        "Outcome unknown",
        "Kept here",
        "Too late, not sent",
    ):
        assert words in page
    assert "2 messages may not have reached" in page


def test_only_of_the_own_clinic(client_of: ClientOf, other_clinic: Clinic) -> None:
    message = make_message(other_clinic)
    assert message.to_address not in client_of(Role.CLINICIAN).get(URL).text


def test_filter_by_fate_and_patient(client_of: ClientOf, clinic: Clinic) -> None:
    patient = uuid.uuid4()
    mine = make_message(clinic, patient_id=patient)
    sent = make_message(clinic)
    Message.objects.filter(pk=sent.pk).update(state=Message.State.SENT)
    client = client_of(Role.CLINICIAN)
    queued = client.get(URL, {"fate": "queued"}).text
    assert mine.to_address in queued
    assert sent.to_address not in queued
    of_patient = client.get(URL, {"patient": str(patient)}).text
    assert mine.to_address in of_patient
    assert sent.to_address not in of_patient
    assert "No such messages" in client.get(URL, {"fate": "failed"}).text


@pytest.mark.parametrize("query", [{"fate": "x"}, {"patient": "x"}, {"page": "x"}, {"page": "-1"}])
def test_senseless_queries_show_the_list(client_of: ClientOf, clinic: Clinic, query: dict[str, str]) -> None:
    message = make_message(clinic)
    response = client_of(Role.CLINICIAN).get(URL, query)
    assert (response.status_code, message.to_address in response.text) == (200, True)


def test_an_invitation_is_only_for_who_manages_staff(client_of: ClientOf, clinic: Clinic) -> None:
    message = make_message(clinic, kind=Message.Kind.INVITATION)
    assert message.to_address not in client_of(Role.CLINICIAN).get(URL).text
    assert message.to_address in client_of(Role.CLINICIAN, Role.ADMINISTRATOR).get(URL).text


def test_queries_do_not_grow_with_messages(
    client_of: ClientOf, clinic: Clinic, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _ in range(30):
        make_message(clinic)
    client = client_of(Role.CLINICIAN)
    with django_assert_max_num_queries(10):  # type: ignore[attr-defined]
        client.get(URL)
