"""One SMTP conversation, cut where it matters: before the mail is handed over, and after.

Everything that goes wrong before the final dot is safe to try again. After it, only an answer of the server tells
whether the mail was taken; no answer means the outcome is unknown.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from types import TracebackType

from django.conf import settings

from careplans.outbox.server import MailServer, sender_domain

# "Sign in first" and its kin: about our settings, whatever command they answer.
ABOUT_US = frozenset({530, 534, 535, 538})
# Postfix, for one, says only after the recipient that it was the sender it minded.
ABOUT_SENDER = re.compile(rb"^5\.1\.[78]\b|sender address rejected", re.IGNORECASE)
_LEADING_DOT = re.compile(rb"(?m)^\.")


class NotHandedOver(Exception):
    """The server cannot be reached or ended the conversation before it had the mail; it is safe to try again."""


class Refused(Exception):
    """The server said no: for now (4xx) or for good (5xx)."""

    def __init__(self, code: int, answer: bytes, *, is_about_us: bool) -> None:
        super().__init__(_words(code, answer))
        # A server that does not let us send at all says nothing about this address: that is never for good.
        self.is_final = code >= 500 and not is_about_us


class OutcomeUnknown(Exception):
    """The conversation ended after the final dot and before the answer."""


class SmtpSession:
    """A signed-in connection for a batch of mails; use it with ``with``."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> SmtpSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._smtp is not None and error is None:
            self._say_goodbye(self._smtp)
        self.drop()

    @property
    def is_connected(self) -> bool:
        return self._smtp is not None

    def address(self, sender: str, recipient: str) -> None:
        """Name sender and recipient; connects first where needed. Nothing is handed over yet."""
        try:
            smtp = self._connected()
            self._expect(smtp.mail(sender), is_about_recipient=False)
            self._expect(smtp.rcpt(recipient), is_about_recipient=True)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise NotHandedOver(_reason(error)) from error

    def take_back(self) -> None:
        """Forget the recipient just named; the connection stays."""
        if self._smtp is None:
            return
        try:
            self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.drop()

    def hand_over(self, mail: bytes) -> str:
        """Send the mail; returns the server's answer once it has taken it."""
        smtp = self._connected()
        try:
            self._expect(smtp.docmd("DATA"), is_about_recipient=True, wanted=354)
            smtp.send(_LEADING_DOT.sub(b"..", mail))
            if not mail.endswith(b"\r\n"):
                smtp.send(b"\r\n")
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise NotHandedOver(_reason(error)) from error
        try:
            smtp.send(b".\r\n")
            answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise OutcomeUnknown(_reason(error)) from error
        self._expect(answer, is_about_recipient=True)
        return _words(*answer)

    def drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _expect(self, answer: tuple[int, bytes], *, is_about_recipient: bool, wanted: int = 250) -> None:
        code, words = answer
        if code in (wanted, 251):
            return
        if code == 421 or code < 400:  # the server is closing, or talks nonsense
            self.drop()
            raise NotHandedOver(_words(code, words))
        self.take_back()
        is_about_us = code in ABOUT_US or not is_about_recipient or bool(ABOUT_SENDER.search(words))
        raise Refused(code, words, is_about_us=is_about_us)

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._open()
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        """Certificates are checked, and there is no way back to plain text once TLS is asked for."""
        server, timeout = self.server, settings.EMAIL_TIMEOUT
        context = ssl.create_default_context()
        name = sender_domain()
        smtp: smtplib.SMTP
        if server.is_tls:
            smtp = smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=timeout)
        try:
            # The final dot goes out by itself; held back for an acknowledgement, each mail would take 40 ms more.
            if smtp.sock is not None:
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.is_starttls:
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
        return smtp

    @staticmethod
    def _say_goodbye(smtp: smtplib.SMTP) -> None:
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()


def _words(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}"


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
