"""Delivery over real SMTP: what servers answer, and what becomes of the message."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from careplans.accounts.models import Clinic
from careplans.core.tokens import derive_token
from careplans.outbox import deliver as deliver_module
from careplans.outbox.deliver import DeliveryReport, deliver_due, deliver_until_done
from careplans.outbox.models import Message
from careplans.outbox.queue import cancel_messages, readdress_messages
from careplans.outbox.sealing import seal
from careplans.outbox.settle import begin_handing_over
from tests.factories import NOW
from tests.make.outbox import make_message
from tests.sink import Sink, free_port, running_sink, self_signed

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
State = Message.State
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        settings.DEFAULT_FROM_EMAIL = "plans@clinic.example"
        settings.SITE_URL = "https://plans.example"
        yield sink


def run(message: Message, *, after: timedelta = timedelta()) -> DeliveryReport:
    report = deliver_due(now=NOW + after)
    message.refresh_from_db()
    return report


def outcomes(message: Message) -> list[str]:
    return [attempt.outcome for attempt in message.tries.all()]


def test_sent_with_its_link_and_headers(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic, text=".\nA dot, ünïcode, {link}\n..two\n")
    assert run(message).sent == 1
    assert (message.state, outcomes(message)) == (State.SENT, [State.SENT])
    mail = sink.mails[0]
    link = f"https://plans.example/c/{derive_token(message.link_nonce, purpose='check-in')}/"
    text, html = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert text == f".\nA dot, ünïcode, {link}\n..two\n"
    assert f'href="{link}"' in html
    assert mail["From"] == f"{clinic.name} <plans@clinic.example>"
    assert (mail["To"], mail["Message-ID"]) == (message.to_address, message.message_id)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.replace(microsecond=0) - NOW < MINUTE
    assert mail["Reply-To"] is None


def test_the_token_is_stored_nowhere(clinic: Clinic, sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    message = make_message(clinic)
    run(message)
    token = derive_token(message.link_nonce, purpose="check-in")
    stored = [str(row) for row in (*Message.objects.values(), *message.tries.values())]
    assert not any(token in row for row in stored)
    assert token not in caplog.text


def test_a_batch_uses_one_connection(clinic: Clinic, sink: Sink) -> None:
    for _ in range(5):
        make_message(clinic)
    assert deliver_due(now=NOW).sent == 5
    assert sink.connections == 1


def test_put_off_then_sent_once(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic)
    sink.defers = lambda address: True
    assert run(message).put_off == 1
    assert (message.state, message.try_at and message.try_at - NOW < 2 * MINUTE) == (State.PENDING, True)
    assert run(message).claimed == 0  # not before its time
    sink.defers = lambda address: False
    assert run(message, after=2 * MINUTE).sent == 1
    assert list(sink.copies.values()) == [1]
    assert outcomes(message) == [State.PENDING, State.SENT]


def test_put_off_for_a_day_fails_visibly(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic)
    sink.defers = lambda address: True
    for hour in range(30):
        run(message, after=timedelta(hours=hour))
    assert (message.state, message.failure) == (State.FAILED, Message.Failure.SERVER)
    assert "451" in message.last_error


def test_refused_address_is_not_tried_again(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic, patient_id=uuid.uuid4())
    other = make_message(clinic)
    sink.refuses = lambda address: address == message.to_address
    assert run(message).failed == 1
    assert (message.state, message.failure) == (State.FAILED, Message.Failure.ADDRESS)
    assert "550" in message.last_error
    assert run(message, after=timedelta(days=1)).claimed == 0
    other.refresh_from_db()
    assert other.state == State.SENT


def test_refused_content_is_no_fault_of_the_address(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic)
    sink.rejects_content = lambda address: True
    run(message)
    assert (message.state, message.failure) == (State.FAILED, Message.Failure.CONTENT)


def test_a_server_that_refuses_us_blames_no_patient(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic)
    sink.refuses_sender = True
    run(message)
    assert (message.state, message.failure) == (State.PENDING, "")


@pytest.mark.parametrize(
    "said",
    ["550 5.1.8 <plans@x>: Domain not found", "553 5.7.1 <plans@x>: Sender address rejected: not yours"],
)
def test_minding_the_sender_late_blames_no_patient(clinic: Clinic, sink: Sink, said: str) -> None:
    message = make_message(clinic)
    sink.minds_sender_late = said
    run(message)
    assert (message.state, message.failure) == (State.PENDING, "")


def test_a_sender_no_mail_can_carry_lets_all_wait(clinic: Clinic, sink: Sink, settings: Any) -> None:
    messages = [make_message(clinic) for _ in range(3)]
    settings.DEFAULT_FROM_EMAIL = "not an address"
    assert deliver_due(now=NOW).released == 3
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.failure, message.attempts) == (State.PENDING, "", 0)
        assert "FROM_EMAIL" in message.last_error
    settings.DEFAULT_FROM_EMAIL = "plans@clinic.example"
    assert deliver_due(now=NOW + MINUTE).sent == 3


def test_a_changed_key_lets_sealed_mails_wait_for_the_old_one(
    clinic: Clinic, sink: Sink, settings: Any
) -> None:
    message = make_message(None, kind=Message.Kind.ACCOUNT, text=seal("{link}"), html="")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key, thirty-two characters long"
    run(message)
    assert (message.state, message.failure) == (State.PENDING, "")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert run(message, after=5 * MINUTE).sent == 1


def test_drop_after_the_final_dot_is_unknown_then_sent_once_more(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic)
    sink.drops = lambda address: True
    assert run(message).unknown == 1
    assert (message.state, outcomes(message)) == (State.UNKNOWN, [State.UNKNOWN])
    assert run(message, after=9 * MINUTE).claimed == 0
    assert run(message, after=11 * MINUTE).unknown == 1
    assert run(message, after=timedelta(hours=5)).claimed == 0
    assert (message.state, message.try_at) == (State.UNKNOWN, None)  # for good, for a person to see
    assert sink.copies == {message.message_id: 2}
    assert len({mail.get_body(("plain",)).get_content() for mail in sink.mails}) == 1  # type: ignore[union-attr]


def test_drop_leaves_the_rest_of_the_batch_to_a_new_connection(clinic: Clinic, sink: Sink) -> None:
    messages = [make_message(clinic) for _ in range(4)]
    sink.drops = lambda address: address == messages[1].to_address
    report = deliver_due(now=NOW)
    assert (report.sent, report.unknown, sink.connections) == (3, 1, 2)


def test_urgent_notice_goes_again_at_once(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic, kind=Message.Kind.ALERT_NOTICE, priority=0)
    sink.drops = lambda address: len(sink.mails) < 2
    run(message)
    assert run(message, after=MINUTE).sent == 1


def test_dead_server_keeps_all_waiting(clinic: Clinic, settings: Any) -> None:
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    messages = [make_message(clinic) for _ in range(3)]
    assert deliver_due(now=NOW).released == 3
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.attempts) == (State.PENDING, 0)
        assert "ConnectionRefusedError" in message.last_error


def test_no_fall_back_to_plain_text(clinic: Clinic, sink: Sink, settings: Any) -> None:
    settings.EMAIL_URL = f"{sink.url}?tls=True"  # the sink offers no STARTTLS
    message = make_message(clinic)
    run(message)
    assert (message.state, sink.mails) == (State.PENDING, [])
    assert "STARTTLS" in message.last_error


def test_a_server_that_cannot_prove_its_name_gets_nothing(
    clinic: Clinic, settings: Any, tmp_path: Path
) -> None:
    with running_sink(tls=self_signed(tmp_path)) as sink:
        settings.EMAIL_URL = f"smtps://127.0.0.1:{sink.port}"
        settings.DEFAULT_FROM_EMAIL = "plans@clinic.example"
        message = make_message(clinic)
        run(message)
    assert (message.state, sink.mails) == (State.PENDING, [])
    assert "CERTIFICATE_VERIFY_FAILED" in message.last_error


def test_poison_rows_fail_and_others_flow(clinic: Clinic, sink: Sink) -> None:
    poison = [make_message(clinic) for _ in range(3)]
    Message.objects.filter(pk=poison[0].pk).update(subject="a\r\nBcc: evil@mail.example")
    Message.objects.filter(pk=poison[1].pk).update(to_address="a@mail.example\r\nRCPT TO:<b@mail.example>")
    Message.objects.filter(pk=poison[2].pk).update(message_id="<a\r\nBcc: evil@mail.example>")
    healthy = make_message(clinic)
    run(healthy)
    assert healthy.state == State.SENT
    assert sink.recipients == [healthy.to_address]
    for message in poison:
        message.refresh_from_db()
        assert (message.state, message.failure) == (State.FAILED, Message.Failure.CONTENT)


def test_too_late_is_expired_not_sent(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic, send_by=NOW + timedelta(hours=1))
    assert run(message, after=timedelta(hours=30)).expired == 1
    assert (message.state, sink.mails) == (State.EXPIRED, [])


def test_urgent_first_then_oldest(clinic: Clinic, sink: Sink) -> None:
    late = make_message(clinic, due_at=NOW)
    early = make_message(clinic, due_at=NOW - MINUTE)
    urgent = make_message(clinic, kind=Message.Kind.ALERT_NOTICE, priority=0)
    deliver_due(now=NOW)
    assert sink.recipients == [urgent.to_address, early.to_address, late.to_address]


def test_paused_clinic_waits_but_its_staff_is_warned(clinic: Clinic, sink: Sink) -> None:
    clinic.is_sending_paused = True
    clinic.save()
    waiting = make_message(clinic)
    notice = make_message(clinic, kind=Message.Kind.ALERT_NOTICE, priority=0)
    invitation = make_message(None, kind=Message.Kind.INVITATION)
    deliver_due(now=NOW)
    assert sink.recipients == [notice.to_address, invitation.to_address]
    assert Message.objects.get(pk=waiting.pk).state == State.PENDING


def between_claim_and_data(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Run ``act`` once a worker holds the message and has named its recipient."""

    def begin(message: Message, *, now: Any) -> Any:
        act(message)
        return begin_handing_over(message, now=now)

    monkeypatch.setattr(deliver_module.settle, "begin_handing_over", begin)


def test_cancelled_while_claimed_is_not_sent(
    clinic: Clinic, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make_message(clinic)
    between_claim_and_data(monkeypatch, lambda held: cancel_messages(keys=[held.key], now=NOW))
    run(message)
    assert (message.state, sink.mails) == (State.CANCELLED, [])


def test_readdressed_while_claimed_goes_to_the_new_address(
    clinic: Clinic, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = uuid.uuid4()
    message = make_message(clinic, patient_id=patient)
    between_claim_and_data(
        monkeypatch, lambda held: readdress_messages(patient_id=patient, to_address="new@mail.example")
    )
    run(message)
    run(message, after=MINUTE)
    assert (message.state, sink.recipients) == (State.SENT, ["new@mail.example"])


def test_a_woken_worker_whose_lease_is_over_writes_nothing(
    clinic: Clinic, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make_message(clinic)

    def other_worker(held: Message) -> None:
        Message.objects.filter(pk=held.pk).update(lease_id=uuid.uuid4())

    between_claim_and_data(monkeypatch, other_worker)
    run(message)
    assert (message.state, sink.mails) == (State.CLAIMED, [])


@pytest.mark.parametrize(("state", "expected"), [(State.CLAIMED, State.SENT), (State.IN_DATA, State.UNKNOWN)])
def test_what_a_dead_worker_left_long_ago_is_found(
    clinic: Clinic, sink: Sink, state: str, expected: str
) -> None:
    message = make_message(clinic, kind=Message.Kind.PLAN_PUBLISHED)
    Message.objects.filter(pk=message.pk).update(state=state, lease_id=uuid.uuid4(), lease_until=NOW)
    run(message, after=timedelta(days=400))
    assert message.state == expected


def test_within_its_lease_nobody_takes_it(clinic: Clinic, sink: Sink) -> None:
    message = make_message(clinic)
    Message.objects.filter(pk=message.pk).update(
        state=State.CLAIMED, lease_id=uuid.uuid4(), lease_until=NOW + MINUTE
    )
    assert run(message).claimed == 0
    assert message.state == State.CLAIMED


def test_a_full_minute_goes_on_batch_after_batch(
    clinic: Clinic, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver_module, "BATCH", 2)
    for _ in range(5):
        make_message(clinic)
    assert deliver_until_done(now=NOW).sent == 5


def test_without_a_mail_server_all_is_kept(clinic: Clinic) -> None:
    message = make_message(clinic)
    later = make_message(clinic, due_at=NOW + MINUTE)
    assert run(message).kept == 1
    later.refresh_from_db()
    assert (message.state, message.settled_at, later.state) == (State.KEPT, NOW, State.PENDING)
