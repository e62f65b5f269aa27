"""A real mail server for tests, with knobs for what mail servers do wrong."""

# ruff: noqa: N802  # aiosmtpd names its hooks like this
from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass
class Sink:
    """What it got, and how it behaves. Each rule is asked the recipient's address."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    defers: Callable[[str], bool] = lambda address: False  # 451 at RCPT
    refuses: Callable[[str], bool] = lambda address: False  # 550 at RCPT
    rejects_content: Callable[[str], bool] = lambda address: False  # 554 after the final dot
    drops: Callable[[str], bool] = lambda address: False  # takes the mail and cuts the connection
    refuses_sender: bool = False
    minds_sender_late: str = ""  # said at RCPT, as Postfix does
    delay_before: float = 0
    delay_after: float = 0
    connections: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def copies(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, name: str, said: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return said

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuses_sender:
            return "550 5.7.1 Sender not allowed"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.defers(address):
            return "451 4.7.1 Try again later"
        if self.minds_sender_late:
            return self.minds_sender_late
        if self.refuses(address):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        address = envelope.rcpt_tos[0]
        assert len(envelope.rcpt_tos) == 1, "one recipient a mail"
        if self.rejects_content(address):
            return "554 5.6.0 Not this content"
        await asyncio.sleep(self.delay_before)
        self.recipients.append(address)
        self.mails.append(message_from_bytes(envelope.original_content, policy=default))
        if self.drops(address):
            server.transport.abort()
        await asyncio.sleep(self.delay_after)
        return "250 OK taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _greet(port: int) -> None:
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 5) as plain, trusting.wrap_socket(plain) as sealed:
        sealed.recv(1024)


@contextmanager
def running_sink(*, tls: ssl.SSLContext | None = None) -> Iterator[Sink]:
    sink = Sink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=10, ssl_context=tls)
    if tls is not None:
        # Its own first connection, which tells it that the server is up, would not trust the certificate.
        controller._trigger_server = lambda: _greet(sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
