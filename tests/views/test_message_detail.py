from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.outbox.deliver import deliver_due
from careplans.outbox.mail import link_of
from careplans.outbox.models import Message
from tests.factories import NOW
from tests.make.outbox import make_message

ClientOf = Callable[..., Client]
pytestmark = pytest.mark.django_db
BOTH_PAGES = pytest.mark.parametrize("name", ["message-detail", "message-html"])


def url(message: Message, name: str = "message-detail") -> str:
    return reverse(name, args=[message.pk])


def kept(clinic: Clinic, **fields: object) -> Message:
    message = make_message(clinic, **fields)
    deliver_due(now=NOW)
    message.refresh_from_db()
    assert message.state == Message.State.KEPT
    return message


@BOTH_PAGES
def test_anonymous_signs_in_first(client: Client, clinic: Clinic, name: str) -> None:
    assert client.get(url(make_message(clinic), name)).status_code == 302


@BOTH_PAGES
def test_wrong_role(client_of: ClientOf, clinic: Clinic, name: str) -> None:
    assert client_of(Role.EDITOR).get(url(make_message(clinic), name)).status_code == 403


@BOTH_PAGES
def test_another_clinic(client_of: ClientOf, other_clinic: Clinic, name: str) -> None:
    assert client_of(Role.CLINICIAN).get(url(make_message(other_clinic), name)).status_code == 404


@BOTH_PAGES
def test_an_invitation_is_only_for_who_manages_staff(client_of: ClientOf, clinic: Clinic, name: str) -> None:
    message = kept(clinic, kind=Message.Kind.INVITATION)
    assert client_of(Role.CLINICIAN).get(url(message, name)).status_code == 404
    assert client_of(Role.CLINICIAN, Role.ADMINISTRATOR).get(url(message, name)).status_code == 200


def test_a_kept_mail_says_so_and_its_link_can_be_tried(client_of: ClientOf, clinic: Clinic) -> None:
    message = kept(clinic)
    client = client_of(Role.FRONT_DESK)
    page = client.get(url(message)).text
    assert "Kept here. Not really sent." in page
    assert f'href="{link_of(message)}"' in page
    assert link_of(message) in client.get(url(message, "message-html")).text


@BOTH_PAGES
def test_a_patients_link_is_no_way_round_the_role(client_of: ClientOf, clinic: Clinic, name: str) -> None:
    message = kept(clinic, patient_id=uuid.uuid4())
    token = link_of(message).rsplit("/", 2)[1]

    assert token not in client_of(Role.FRONT_DESK).get(url(message, name)).text
    assert token in client_of(Role.CLINICIAN).get(url(message, name)).text


@BOTH_PAGES
@pytest.mark.parametrize("state", ["pending", "sent", "unknown"])
def test_a_link_that_left_is_no_key_for_staff(
    client_of: ClientOf, clinic: Clinic, name: str, state: str
) -> None:
    message = make_message(clinic)
    Message.objects.filter(pk=message.pk).update(state=state)
    page = client_of(Role.CLINICIAN).get(url(message, name)).text
    assert link_of(message).rsplit("/", 2)[1] not in page
    assert "{link}" not in page
    assert ("own link" in page) == (
        name == "message-detail"
    )  # this mail's HTML has the link in its button only


def test_the_look_is_audited(client_of: ClientOf, clinic: Clinic) -> None:
    patient = uuid.uuid4()
    message = make_message(clinic, patient_id=patient)
    client_of(Role.CLINICIAN).get(url(message))
    look = AuditEvent.objects.for_patient(patient).get()
    assert (look.kind, look.action, look.subject_id) == ("look", "message.read", str(message.pk))


def test_the_mail_is_framed_by_our_page_only_and_runs_nothing(client_of: ClientOf, clinic: Clinic) -> None:
    message = make_message(clinic, html="<html><head></head><body><script>alert(1)</script></body></html>")
    client = client_of(Role.CLINICIAN)
    policy = client.get(url(message, "message-html")).headers["Content-Security-Policy"]
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["default-src"] == "'none'"
    assert parts["frame-ancestors"] == "'self'"
    assert "allow-scripts" not in parts["sandbox"]
    assert "allow-same-origin" not in parts["sandbox"]
    page = client.get(url(message))
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "style-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_mail_without_html_shows_its_text_escaped(client_of: ClientOf, clinic: Clinic) -> None:
    message = make_message(clinic, html="", text="<script>alert(1)</script> {link}")
    client = client_of(Role.CLINICIAN)
    assert "&lt;script&gt;alert(1)" in client.get(url(message)).text
    assert client.get(url(message, "message-html")).status_code == 404


def test_tries_are_listed_with_the_servers_answer(client_of: ClientOf, clinic: Clinic) -> None:
    message = make_message(clinic)
    message.tries.create(
        to_address="old@mail.example",
        started_at=NOW,
        ended_at=NOW,
        outcome="failed",
        answer="550 No such mailbox",
    )
    page = client_of(Role.CLINICIAN).get(url(message)).text
    assert "550 No such mailbox" in page
    assert "old@mail.example" in page
