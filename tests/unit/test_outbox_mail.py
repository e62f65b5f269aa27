"""Composing, EMAIL_URL, the account mails' backend, the pulse of the schedule, and the hint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from kombu.exceptions import OperationalError

from careplans.accounts.models import Clinic
from careplans.outbox import hint
from careplans.outbox.backend import AttachmentsNotSent
from careplans.outbox.compose import compose
from careplans.outbox.deliver import deliver_due
from careplans.outbox.mail import envelope_address, mail_bytes
from careplans.outbox.models import Message
from careplans.outbox.sealing import SealBroken, seal, unseal
from careplans.outbox.selectors import fates_of
from careplans.outbox.server import MailServer, UnusableEmailURL, parse_email_url
from careplans.outbox.tasks import deliver_waiting, heartbeat
from tests.factories import NOW
from tests.make.outbox import make_message
from tests.unit.test_outbox_queue import put

State = Message.State


@pytest.fixture
def templates(tmp_path: Path, settings: Any) -> Path:
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    (tmp_path / "hello.subject.txt").write_text("{{ clinic.name }}:\n hello\n")
    (tmp_path / "hello.txt").write_text(
        '{% extends "_mail/base.txt" %}{% block content %}Dear {{ name }},\n\n\n\n  open {link}{% endblock %}'
    )
    (tmp_path / "hello.html").write_text(
        '{% extends "_mail/base.html" %}{% block content %}<p>Dear {{ name }}</p>{% endblock %}'
    )
    return tmp_path


def test_composes_the_three_parts(templates: Path) -> None:
    clinic = Clinic(name="Smith & Daughters", phone="+44 20 7946 0000")
    mail = compose("hello", {"clinic": clinic, "name": "<b>O'Hara</b>", "button_label": "Open"}, "en")
    assert mail.subject == "Smith & Daughters: hello"
    assert mail.text.startswith("Dear <b>O'Hara</b>,\n\nopen {link}\n")
    assert "&lt;b&gt;O&#x27;Hara" in mail.html or "&lt;b&gt;O'Hara" in mail.html
    assert 'href="{link}"' in mail.html
    assert "<style" not in mail.html
    assert 'dir="ltr"' in mail.html
    for part in (mail.text, mail.html):
        assert "+44 20 7946 0000" in part


def test_composes_from_right_to_left(templates: Path) -> None:
    assert '<html lang="ar" dir="rtl">' in compose("hello", {"clinic": Clinic(name="C")}, "ar").html


def test_html_part_may_be_missing(templates: Path) -> None:
    (templates / "hello.html").unlink()
    assert compose("hello", {"clinic": Clinic(name="C")}, "en").html == ""


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", None),
        ("smtp://mail.example", MailServer("mail.example", 25)),
        (
            "smtp://u%40c:p%3Aw@mail.example:587?tls=True",
            MailServer("mail.example", 587, "u@c", "p:w", is_starttls=True),
        ),
        ("smtps://mail.example", MailServer("mail.example", 465, is_tls=True)),
        ("smtp://mail.example:465?ssl=True", MailServer("mail.example", 465, is_tls=True)),
    ],
)
def test_reads_email_url(url: str, server: MailServer | None) -> None:
    assert parse_email_url(url) == server


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://mail.example", "smtp://", "smtp://a:99999", "smtp://[x", "smtps://a?tls=1"],
)
def test_refuses_other_email_urls_without_naming_the_password(url: str) -> None:
    with pytest.raises(UnusableEmailURL) as refused:
        parse_email_url(url)
    assert url not in str(refused.value)


def test_the_password_is_in_no_representation() -> None:
    assert "secret" not in repr(parse_email_url("smtp://me:secret@mail.example"))


def test_mail_is_ascii_with_crlf(clinic: Clinic) -> None:
    clinic.name = "Kliniğim — عيادة"
    message = make_message(clinic, subject="Nasılsınız؟", text="ünïcode {link}\n" + "x" * 3000)
    mail = mail_bytes(message, now=NOW)
    assert mail.isascii()
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    parsed = message_from_bytes(mail, policy=default)
    assert parsed["From"].addresses[0].display_name == clinic.name
    assert parsed["Subject"] == "Nasılsınız؟"
    assert "ünïcode" in parsed.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_domain_in_other_letters_is_written_in_ascii(clinic: Clinic) -> None:
    message = make_message(clinic, to_address="a@müller.example")
    assert envelope_address(message) == "a@xn--mller-kva.example"
    assert mail_bytes(message, now=NOW).isascii()


@pytest.fixture
def outbox_backend(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = (
        "careplans.outbox.backend.OutboxBackend"  # as in production; test runs replace it
    )


@pytest.mark.usefixtures("outbox_backend")
def test_account_mails_wait_sealed_and_are_blanked_once_settled() -> None:
    mail = EmailMultiAlternatives(
        "Reset your password", "Open /reset/secret", to=["Ada <a@mail.example>", "b@mail.example"]
    )
    mail.attach_alternative("<p>/reset/secret</p>", "text/html")
    mail.send()
    first, second = Message.objects.order_by("to_address")
    assert (first.to_address, second.to_address) == ("a@mail.example", "b@mail.example")
    assert (first.clinic, first.kind, first.subject) == (None, "account", "Reset your password")
    assert "secret" not in first.text + first.html
    assert first.send_by
    assert b"/reset/secret" in mail_bytes(first, now=first.due_at)
    deliver_due(now=first.due_at)
    first.refresh_from_db()
    assert (first.state, first.text, first.html) == (State.KEPT, "", "")


@pytest.mark.usefixtures("outbox_backend")
def test_account_mails_expire_after_an_hour() -> None:
    EmailMultiAlternatives("Reset", "Open /reset/secret", to=["a@mail.example"]).send()
    message = Message.objects.get()
    deliver_due(now=message.due_at + timedelta(hours=1))
    message.refresh_from_db()
    assert (message.state, message.text) == (State.EXPIRED, "")


@pytest.mark.usefixtures("outbox_backend")
def test_attachments_are_refused() -> None:
    mail = EmailMultiAlternatives(
        "Reset", "Text", to=["a@mail.example"], attachments=[("a.txt", "a", "text/plain")]
    )
    with pytest.raises(AttachmentsNotSent):
        mail.send()


def test_a_seal_opens_with_the_old_key_too(settings: Any) -> None:
    sealed = seal("secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    assert unseal(sealed) == "secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBroken):
        unseal(sealed)


def test_tasks_call_the_verbs(clinic: Clinic) -> None:
    message = make_message(clinic)
    heartbeat()
    deliver_waiting()
    message.refresh_from_db()
    assert message.state == State.KEPT


def test_a_lost_broker_never_fails_the_request(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    tries: list[int] = []

    def lost(**options: Any) -> None:
        tries.append(1)
        raise OperationalError

    monkeypatch.setattr(hint.deliver_waiting, "apply_async", lost)
    monkeypatch.setattr(hint._Broker, "quiet_until", 0.0)
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            make_message(clinic, kind=Message.Kind.ALERT_NOTICE, priority=0)
        assert len(callbacks) == 1
    assert len(tries) == 1  # then it is left alone for a while


def test_check_ins_need_no_hint(
    clinic: Clinic, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        make_message(clinic)
        make_message(clinic, kind=Message.Kind.PLAN_PUBLISHED, due_at=NOW + timedelta(hours=1))
    assert callbacks == []


def test_counts_add_up(clinic: Clinic, other_clinic: Clinic) -> None:
    for state in State:
        put(make_message(clinic), state)
    make_message(other_clinic)
    fates = fates_of(clinic)
    assert (fates.queued, fates.sent, fates.unknown, fates.need_a_person) == (3, 1, 1, 2)
    assert fates.queued + fates.sent + fates.failed + fates.unknown + fates.kept == len(State) - 2
