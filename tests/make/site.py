"""The product in processes of its own, patients who answer it over HTTP, and what became of their answers."""

from __future__ import annotations

import http.client
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.utils import timezone

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.checkins.models import Alert, Answer, CheckIn
from careplans.checkins.schedule import LINK_PURPOSE
from careplans.core.tokens import derive_token, hash_token, new_nonce
from careplans.outbox.models import Message
from tests.make.checkins import link_of, make_asked
from tests.sink import free_port

FLAG = {
    "flag_saddle_numbness": "yes",
    "flag_leg_weakness": "no",
    "pain_now": "5",
    "pain_worst": "5",
}
THANKS = "/check-in/thanks/"
PATIENTS = 6
PATIENCE_SECONDS = 40
NOTHING_STORED = "Nothing of what you wrote just now was stored"


def make_open(clinic: Clinic, clinician: User, number: int) -> list[CheckIn]:
    """Check-ins that may be answered now, by the clock of the machine."""
    first = make_asked(clinic, clinician)
    now, nonces = timezone.now(), [new_nonce() for _ in range(number)]
    rows = [
        CheckIn(
            clinic=clinic,
            patient=first.patient,
            plan=first.plan,
            version=first.version,
            kind=first.kind,
            state=CheckIn.State.ASKED,
            due_on=date(2040, 1, 1) + timedelta(days=day),
            due_at=now,
            asked_at=now,
            closes_at=now + timedelta(days=2),
            nonce=nonce,
            token_hash=hash_token(derive_token(nonce, purpose=LINK_PURPOSE)),
        )
        for day, nonce in enumerate(nonces)
    ]
    return CheckIn.objects.bulk_create(rows)


@dataclass(frozen=True)
class Reply:
    check_in: UUID
    status: int  # 0: the connection broke
    retry_after: str = ""
    page: str = ""


@dataclass
class Browser:
    """What one without JavaScript does: keeps cookies, and sends a form with all it came with."""

    port: int
    cookies: dict[str, str]
    page: str = ""

    def ask(self, path: str, fields: dict[str, str] | None = None) -> http.client.HTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode(hidden_fields(self.page) | fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET" if body is None else "POST", path, body, headers)
            response = connection.getresponse()
            self.page = response.read().decode()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookies |= plain(SimpleCookie(cookie))
        return response


@dataclass
class Site:
    process: subprocess.Popen[str]
    port: int

    def answer(self, check_in: CheckIn, device: dict[str, str]) -> Reply:
        """A red flag, the way a phone sends it: the link, the questions, the answer."""
        phone = Browser(self.port, dict(device))
        try:
            for path, fields in ((link_of(check_in), None), ("/check-in/", None), ("/check-in/", FLAG)):
                response = phone.ask(path, fields)
                if response.status >= 500:
                    break
        except (OSError, http.client.HTTPException):
            return Reply(check_in.pk, 0)
        # Nowhere else: a way back to the questions or to the year of birth would not be a "we have it".
        assert response.getheader("Location", THANKS).startswith(THANKS)
        return Reply(check_in.pk, response.status, response.getheader("Retry-After", ""), phone.page)

    def worker_pid(self) -> int:
        """The one process that serves; 0 while there is none."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else 0


@dataclass
class Patients:
    """Six at a time, each with a check-in nobody answered yet, until told to stop."""

    site: Site
    device: dict[str, str]
    waiting: queue.SimpleQueue[CheckIn] = field(default_factory=queue.SimpleQueue)
    replies: list[Reply] = field(default_factory=list)
    _is_over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def answering(self, check_ins: list[CheckIn]) -> Iterator[None]:
        for check_in in check_ins:
            self.waiting.put(check_in)
        with ThreadPoolExecutor(PATIENTS) as pool:
            running = [pool.submit(self._answer) for _ in range(PATIENTS)]
            try:
                yield
            finally:
                self._is_over.set()
        for one in running:
            one.result()

    def _answer(self) -> None:
        while not self._is_over.wait(0.01):
            try:
                self.replies.append(self.site.answer(self.waiting.get_nowait(), self.device))
            except queue.Empty:
                return

    def wait_for(self, more: int) -> None:
        """Until so many more answers were taken; the load goes on."""
        wanted = len(self.whose(status=302)) + more
        wait_until(lambda: len(self.whose(status=302)) >= wanted, f"{wanted} answers")

    def whose(self, *, status: int, says: str = "") -> set[UUID]:
        return {one.check_in for one in list(self.replies) if one.status == status and says in one.page}


def confirmed_device(check_in: CheckIn) -> dict[str, str]:
    """The cookies of a device on which the link was opened and the year of birth confirmed."""
    client = Client()
    page = client.get(link_of(check_in), follow=True).content.decode()
    client.post("/check-in/confirm/", hidden_fields(page) | {"year": "1980"})
    return plain(client.cookies)


def plain(cookies: SimpleCookie) -> dict[str, str]:
    return {name: morsel.coded_value for name, morsel in cookies.items()}


def hidden_fields(page: str) -> dict[str, str]:
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall("<input[^>]*>", page)]
    return {one["name"]: one["value"] for one in inputs if one.get("type") == "hidden"}


def whole_answers() -> set[UUID]:
    """Whose answers are stored; fails when one is stored in part."""
    answered = set(Answer.objects.values_list("check_in_id", flat=True))
    alerts = dict(Alert.objects.values_list("check_in_id", "pk"))
    audited = AuditEvent.objects.filter(action="check_in.partly_answered").values_list(
        "subject_id", flat=True
    )
    notices = Message.objects.filter(kind=Message.Kind.ALERT_NOTICE).values_list("key", flat=True)
    assert set(alerts) == answered
    assert {UUID(one) for one in audited} == answered
    assert {UUID(key.split(":")[1]) for key in notices} == set(alerts.values())
    return answered


def wait_until(is_so: Callable[[], object], what: str) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > give_up_at:
            raise AssertionError(f"{what}: not within {PATIENCE_SECONDS} s")
        time.sleep(0.01)


# --- Processes -------------------------------------------------------------------------------------------------


@contextmanager
def running_site(folder: Path, **environment: str) -> Iterator[Site]:
    """One web process, and its parent that starts it again."""
    port = free_port()
    more = {"PORT": str(port), "WEB_PROCESSES": "1"}
    with _running(
        [sys.executable, "-m", "tests.faults.site"], folder / "site.log", environment | more
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == "ready", (folder / "site.log").read_text()[-2000:]
        yield Site(process, port)


@contextmanager
def running_worker(folder: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Celery's worker for what must be quick, as bin/run starts it, with one process that works."""
    command = [sys.executable, "-m", "celery", "-A", "careplans.celery", "-q", "worker", "--pool=prefork"]
    options = ["--without-gossip", "--without-mingle", "-c", "1", "-Q", "quick"]
    with _running([*command, *options], folder / "worker.log", environment) as process:
        yield process


@contextmanager
def _running(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    ours = {"DATA_DIR": str(log.parent / "data"), "SECRET_KEY": settings.SECRET_KEY, "DEMO": "1"}
    with log.open("w") as errors:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | ours | environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
