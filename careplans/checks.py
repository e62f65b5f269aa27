"""System checks of the settings: each names the variable, what is wrong with it, and the cure."""

from __future__ import annotations

import ipaddress
import tempfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from careplans.outbox.server import (
    MailServer,
    UnusableEmailURL,
    parse_email_url,
    sender_domain,
    sender_trouble,
)

MIN_KEY_LENGTH = 32
SQLITE_NEEDS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
SENDER_CURE = "Set FROM_EMAIL to the address mails come from, such as Spine Clinic <plans@clinic.example>."
DECIDED_SSL_MODES = frozenset({"disable", "require", "verify-ca", "verify-full"})
Check = Callable[[], Iterator[CheckMessage]]


def problem(variable: str, wrong: str, cure: str) -> Error:
    """One sentence on what is wrong and one on what to do; the variable stands first."""
    return Error(f"{variable} {wrong}.", hint=cure, id=f"careplans.{variable}")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def values() -> Iterator[CheckMessage]:
    """What settings.py could not read."""
    for found in settings.SETTINGS_PROBLEMS:
        yield problem(found.variable, found.wrong, found.cure)


def secret_key() -> Iterator[CheckMessage]:
    if len(settings.SECRET_KEY) < MIN_KEY_LENGTH:
        cure = f"Set at least {MIN_KEY_LENGTH} random characters, or leave it out: one is made and kept in DATA_DIR."
        yield problem("SECRET_KEY", "is too short to protect sessions and links", cure)


def data_folder() -> Iterator[CheckMessage]:
    """Tried by writing: what the rights say is not the whole truth, least of all for root."""
    try:
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
    except OSError:
        yield problem(
            "DATA_DIR",
            f"is {settings.DATA_DIR}, where this user may not write",
            "Choose a folder of your own.",
        )


def demo_stays_here() -> Iterator[CheckMessage]:
    """The demo prints its passwords, so nobody else may reach it."""
    if not settings.DEMO:
        return
    only_here = "The demo serves this machine only. Leave it out, or set DEMO=0 for a real clinic."
    if not is_loopback(settings.HOST):
        yield problem("HOST", f"is {settings.HOST}, which other machines can reach", only_here)
    if not is_loopback(urlsplit(settings.SITE_URL).hostname or ""):
        yield problem("SITE_URL", f"is {settings.SITE_URL}, which other machines can reach", only_here)
    if settings.TRUSTED_PROXIES:
        yield problem("TRUSTED_PROXIES", "opens the demo to other machines", only_here)


def real_clinic_is_reachable_safely() -> Iterator[CheckMessage]:
    if settings.DEMO:
        return
    site_is_loopback = is_loopback(urlsplit(settings.SITE_URL).hostname or "")
    if not is_loopback(settings.HOST) and site_is_loopback:
        cure = "Set it to the address where patients and staff open the site, such as https://plans.clinic.example."
        yield problem("SITE_URL", "is missing although HOST lets other machines in", cure)
    elif not site_is_loopback and not settings.IS_HTTPS:
        cure = "Put a proxy with HTTPS before it (docs/operations.md) and write https:// in SITE_URL."
        yield problem("SITE_URL", "would carry health data over the network unencrypted", cure)
    if settings.IS_HTTPS and not settings.TRUSTED_PROXIES:
        cure = "Set it to the number of proxies before this site, usually 1."
        yield problem(
            "TRUSTED_PROXIES", "is 0 although SITE_URL is https, which only a proxy can serve", cure
        )


def queue() -> Iterator[CheckMessage]:
    if settings.REDIS_URL:
        parts = urlsplit(settings.REDIS_URL)
        if parts.scheme not in ("redis", "rediss", "unix") or not (parts.hostname or parts.path):
            cure = "Write redis://host:6379/0 (rediss:// with TLS), or leave it out to do without Redis."
            yield problem("REDIS_URL", "is not an address of a Redis server", cure)
    elif settings.WEB_PROCESSES > 1:
        cure = "Set REDIS_URL, or leave WEB_PROCESSES out: without Redis the tasks run inside the one web process."
        yield problem("WEB_PROCESSES", f"is {settings.WEB_PROCESSES} without Redis", cure)


def mail() -> Iterator[CheckMessage]:
    if not settings.EMAIL_URL:
        if not settings.DEMO:
            cure = "Set EMAIL_URL=smtp://user:password@host:587?tls=True when mails shall leave."
            yield Warning(
                "EMAIL_URL is not set: mails are kept and shown, not sent.",
                hint=cure,
                id="careplans.EMAIL_URL",
            )
        return
    try:
        server = parse_email_url(settings.EMAIL_URL)
    except UnusableEmailURL as error:
        cure = "Write smtp://user:password@host:587?tls=True or smtps://…, with characters such as @ in the password as %40."
        yield problem("EMAIL_URL", str(error), cure)
        return
    if server is not None and not settings.DEMO and not is_loopback(server.host):
        yield from _mail_over_the_network(server)


def _mail_over_the_network(server: MailServer) -> Iterator[CheckMessage]:
    if server.password and not server.is_encrypted:
        cure = "Write smtp://user:password@host:587?tls=True or smtps://user:password@host."
        yield problem("EMAIL_URL", "would send the password of the mail server unencrypted", cure)
    if sender_domain() == "localhost":
        yield problem("FROM_EMAIL", "is missing although mail leaves", SENDER_CURE)


def sender() -> Iterator[CheckMessage]:
    """Known at the start: with a sender no mail can carry, nobody would be asked how they are."""
    trouble = sender_trouble()
    if trouble:
        yield problem("FROM_EMAIL", trouble, SENDER_CURE)


def error_pages() -> Iterator[CheckMessage]:
    """Django's own error pages show settings, code and what a form held."""
    if settings.DEBUG and not settings.DEMO:
        cure = "Leave it out: the log has what went wrong."
        yield problem("DEBUG", "would show code and health data on error pages", cure)


def database_over_the_network() -> Iterator[CheckMessage]:
    """PostgreSQL's own default tries TLS and goes on without it, which nobody would notice."""
    database = settings.DATABASES["default"]
    host = str(database.get("HOST") or "")
    is_remote = bool(host) and not host.startswith("/") and not is_loopback(host)
    if settings.DEMO or not is_remote or database["ENGINE"].endswith("sqlite3"):
        return
    if database.get("OPTIONS", {}).get("sslmode") not in DECIDED_SSL_MODES:
        cure = (
            "Add ?sslmode=verify-full (with &sslrootcert=/path/to/ca.pem where the certificate is your own), "
            "or ?sslmode=disable if the way there is a network of your own."
        )
        yield problem("DATABASE_URL", "leaves open whether health data travels encrypted", cure)


def sqlite() -> Iterator[CheckMessage]:
    """The options under which eight writers never saw "database is locked"."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and any(
        database.get("OPTIONS", {}).get(name) != value for name, value in SQLITE_NEEDS.items()
    ):
        cure = "Keep the options in settings.py: without them writers meet “database is locked”."
        yield problem("DATABASES", "lost the options SQLite needs", cure)


CHECKS: tuple[Check, ...] = (
    values,
    data_folder,
    secret_key,
    demo_stays_here,
    real_clinic_is_reachable_safely,
    queue,
    mail,
    sender,
    error_pages,
    sqlite,
    database_over_the_network,
)


@register(Tags.compatibility)
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    messages = [message for check in CHECKS for message in check()]
    return list({message.id: message for message in messages}.values())  # one for each variable
