"""When the database is away, staff and patients read so, and whether what they sent was stored; nothing ends in a 500."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
import time_machine
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.checkins.models import Answer, CheckIn
from careplans.core.database_away import is_database_away, may_be_stored, note_writes
from tests.make.checkins import Phone, make_asked, moment_of

FLAG = {"flag_saddle_numbness": "yes", "flag_leg_weakness": "no", "pain_now": "5", "pain_worst": "5"}
CLINIC_FORM = {"name": "Another name"}


@contextmanager
def database_gone(*, at: str = "") -> Iterator[None]:
    """Each statement, or each that holds ``at``, fails as when the server went away."""
    execute = CursorWrapper._execute

    def fail(cursor: CursorWrapper, sql: str, *rest: Any) -> Any:
        if at in sql:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(cursor, sql, *rest)

    with patch.object(CursorWrapper, "_execute", fail):
        yield


def caused(error: DatabaseError | InterfaceError, cause: Exception) -> BaseException:
    error.__cause__ = cause
    return error


def sqlite_error(number: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = number
    return error


# --- What counts as away ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("connection refused"),
        InterfaceError("the connection is closed"),
        caused(OperationalError(), psycopg.errors.LockNotAvailable()),
        caused(OperationalError(), psycopg.errors.AdminShutdown()),
        caused(OperationalError(), psycopg.errors.DiskFull()),
        caused(InternalError(), psycopg.errors.ReadOnlySqlTransaction()),
        caused(InternalError(), psycopg.errors.IdleInTransactionSessionTimeout()),
        caused(OperationalError(), sqlite_error(sqlite3.SQLITE_BUSY)),
        caused(OperationalError(), sqlite_error(sqlite3.SQLITE_IOERR_WRITE)),
        caused(OperationalError(), sqlite_error(sqlite3.SQLITE_FULL)),
    ],
)
def test_away(error: BaseException) -> None:
    assert is_database_away(error)


@pytest.mark.parametrize(
    "error",
    [
        None,
        ZeroDivisionError(),
        DatabaseError(),
        caused(InternalError(), psycopg.errors.InFailedSqlTransaction()),
        caused(OperationalError("no such table"), sqlite_error(sqlite3.SQLITE_ERROR)),
        caused(InterfaceError("bad parameter"), sqlite3.InterfaceError()),
    ],
)
def test_our_own_mistakes_are_not_called_away(error: BaseException | None) -> None:
    assert not is_database_away(error)


# --- Staff -----------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(client_of: Callable[..., Client]) -> Client:
    client = client_of(Role.ADMINISTRATOR)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("path", ["/worklist/", "/patients/", "/account/login/", "/clinic/"])
def test_a_page_that_cannot_be_shown(staff: Client, path: str) -> None:
    with database_gone():
        response = staff.get(path)

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert response["Cache-Control"] == "no-store"
    assert "cannot reach its records just now. What was saved before is safe." in response.content.decode()


def test_a_form_that_came_to_nothing_says_so(staff: Client) -> None:
    with database_gone():
        response = staff.post("/clinic/", CLINIC_FORM)

    assert response.status_code == 503
    assert "Nothing you entered here was saved" in response.content.decode()


def test_a_part_of_a_page_gets_the_words_alone(staff: Client) -> None:
    with database_gone():
        response = staff.post("/clinic/", CLINIC_FORM, headers={"hx-request": "true"})

    assert (response.status_code, response["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert response.content.decode() == (
        "Careplans cannot reach its records just now. Nothing you entered here was saved. Try again in a moment."
    )


# --- Patients --------------------------------------------------------------------------------------------------


@pytest.fixture
def check_in(clinic: Clinic, clinician: User) -> CheckIn:
    return make_asked(clinic, clinician)


@pytest.fixture
def phone(check_in: CheckIn) -> Iterator[Client]:
    """A device on which the link was opened and the year confirmed."""
    with time_machine.travel(moment_of(check_in), tick=False):
        yield Phone(check_in, raise_request_exception=False).open_link()


@pytest.mark.parametrize("path", ["/c/some-token/", "/p/some-token/", "/check-in/", "/check-in/nothing/"])
def test_a_patient_reads_whom_to_call(phone: Client, path: str) -> None:
    with database_gone():
        response = phone.get(path)

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "What you sent us before is not lost" in page
    assert "Otherwise call your clinic: its number is on your handout" in page


def test_an_answer_that_did_not_arrive_is_said_not_to_have(phone: Client) -> None:
    with database_gone(at="check_in"):
        response = phone.post("/check-in/", FLAG)

    page = response.content.decode()
    assert response.status_code == 503
    assert "Your answers did not arrive" in page
    assert "nobody at your clinic has seen it" in page
    assert "If you need help now, do not wait for us" in page
    assert not Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_lost_transaction_took_back_is_said_to_be_gone(phone: Client) -> None:
    with database_gone(at='INSERT INTO "audit'):
        response = phone.post("/check-in/", FLAG)

    assert "Nothing of what you wrote just now was stored" in response.content.decode()
    assert not Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_commit_whose_outcome_nobody_knows_is_not_called_nothing(
    phone: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = connection.commit

    def commit_unheard() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "commit", commit_unheard)
    response = phone.post("/check-in/", FLAG)
    monkeypatch.undo()

    assert response.status_code == 503
    assert "Your answers may not have arrived" in response.content.decode()
    assert Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("writes", [True, False])
def test_what_was_stored_before_the_database_went_is_not_denied(clinic: Clinic, writes: bool) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        if writes:
            Clinic.objects.update(name="Stored")
        Clinic.objects.first()
        raise OperationalError("gone")

    request = RequestFactory().post("/clinic/")
    with pytest.raises(OperationalError):
        note_writes(view)(request)

    assert may_be_stored(request) is writes


@pytest.mark.parametrize(
    ("language", "title", "direction"),
    [("es", "Sus respuestas no llegaron", "ltr"), ("ar", "لم تصل إجاباتك", "rtl")],
)
def test_in_the_language_the_browser_asks_for(
    phone: Client, language: str, title: str, direction: str
) -> None:
    with database_gone():
        response = phone.post("/check-in/", FLAG, headers={"accept-language": language})

    page = response.content.decode()
    assert title in page
    assert f'<html lang="{language}" dir="{direction}"' in page
    assert response["Content-Language"] == language
