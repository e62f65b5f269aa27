"""System checks of the settings: each names its variable and says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error

from careplans.checks import check_settings, is_loopback
from careplans.core.environment import Problem

REAL = {
    "DEMO": False,
    "HOST": "0.0.0.0",
    "SITE_URL": "https://plans.clinic.example",
    "IS_HTTPS": True,
    "TRUSTED_PROXIES": 1,
    "EMAIL_URL": "smtp://user:p%40ss@mail.example:587?tls=True",
    "DEFAULT_FROM_EMAIL": "Spine Clinic <plans@clinic.example>",
    "DEBUG": False,
    "REDIS_URL": "redis://queue:6379/0",
    "WEB_PROCESSES": 4,
}
DEMO = {
    "DEMO": True,
    "HOST": "127.0.0.1",
    "SITE_URL": "http://127.0.0.1:8000",
    "IS_HTTPS": False,
    "TRUSTED_PROXIES": 0,
    "EMAIL_URL": "",
    "DEFAULT_FROM_EMAIL": "careplans@localhost",
    "REDIS_URL": "",
    "WEB_PROCESSES": 1,
}


@pytest.fixture(autouse=True)
def _usable(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "not" / "there" / "yet"
    settings.SETTINGS_PROBLEMS = []


def use(settings: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def wrong_variables() -> list[str]:
    messages = [message for message in check_settings() if isinstance(message, Error)]
    assert all(message.hint and message.hint.endswith(".") for message in messages)
    return [message.msg.split()[0] for message in messages]


@pytest.mark.parametrize("values", [REAL, DEMO])
def test_good_settings_pass(settings: Any, values: dict[str, Any]) -> None:
    use(settings, values)

    assert wrong_variables() == []


@pytest.mark.parametrize(
    ("base", "change", "variable"),
    [
        (DEMO, {"HOST": "0.0.0.0"}, "HOST"),
        (DEMO, {"HOST": "192.168.1.4"}, "HOST"),
        (DEMO, {"HOST": "clinic.example"}, "HOST"),
        (DEMO, {"SITE_URL": "https://plans.clinic.example"}, "SITE_URL"),
        (DEMO, {"TRUSTED_PROXIES": 1}, "TRUSTED_PROXIES"),
        (DEMO, {"WEB_PROCESSES": 2}, "WEB_PROCESSES"),
        (REAL, {"SITE_URL": "http://127.0.0.1:8000", "IS_HTTPS": False}, "SITE_URL"),
        (REAL, {"SITE_URL": "http://plans.clinic.example", "IS_HTTPS": False}, "SITE_URL"),
        (REAL, {"TRUSTED_PROXIES": 0}, "TRUSTED_PROXIES"),
        (REAL, {"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
        (REAL, {"REDIS_URL": "http://queue:6379"}, "REDIS_URL"),
        (REAL, {"EMAIL_URL": "mail.example:587"}, "EMAIL_URL"),
        (REAL, {"EMAIL_URL": "smtp://user@mail.example:port"}, "EMAIL_URL"),
        (REAL, {"EMAIL_URL": "consolemail://"}, "EMAIL_URL"),
        (REAL, {"EMAIL_URL": "smtp+ssl://mail.example:465?email_use_tls=True"}, "EMAIL_URL"),
        (REAL, {"EMAIL_URL": "smtp://user:pass@mail.example:25"}, "EMAIL_URL"),
        (REAL, {"DEFAULT_FROM_EMAIL": "not an address"}, "FROM_EMAIL"),
        (REAL, {"DEFAULT_FROM_EMAIL": "Clinic <plans@>"}, "FROM_EMAIL"),
        (REAL, {"DEFAULT_FROM_EMAIL": "plans@kliniği.example"}, "FROM_EMAIL"),
        (REAL, {"DEFAULT_FROM_EMAIL": "careplans@localhost"}, "FROM_EMAIL"),
        (DEMO, {"DEFAULT_FROM_EMAIL": "not an address"}, "FROM_EMAIL"),
        (REAL, {"DEBUG": True}, "DEBUG"),
        (REAL, {"SECRET_KEY": "short"}, "SECRET_KEY"),
    ],
)
def test_a_wrong_setting_is_named(
    settings: Any, base: dict[str, Any], change: dict[str, Any], variable: str
) -> None:
    use(settings, base | change)

    assert wrong_variables() == [variable]


@pytest.mark.parametrize(
    "change",
    [
        {"EMAIL_URL": "smtp://user:pass@127.0.0.1:25"},
        {"EMAIL_URL": "smtp://relay.clinic.example:25"},
        {"EMAIL_URL": "smtps://user:pass@mail.example"},
        {"EMAIL_URL": "", "DEFAULT_FROM_EMAIL": "careplans@localhost"},
        {"DEFAULT_FROM_EMAIL": "plans@clinic.example"},
    ],
)
def test_a_sound_way_for_mail_passes(settings: Any, change: dict[str, Any]) -> None:
    use(settings, REAL | change)

    assert wrong_variables() == []


def test_error_pages_for_those_who_try_the_demo(settings: Any) -> None:
    use(settings, DEMO | {"DEBUG": True})

    assert wrong_variables() == []


@pytest.mark.parametrize(
    ("host", "options", "wrong"),
    [
        ("db.example", {}, ["DATABASE_URL"]),
        ("db.example", {"sslmode": "prefer"}, ["DATABASE_URL"]),
        ("db.example", {"sslmode": "verify-full"}, []),
        ("10.0.0.5", {"sslmode": "disable"}, []),
        ("127.0.0.1", {}, []),
        ("/run/postgresql", {}, []),
        ("", {}, []),
    ],
)
def test_the_way_to_the_database_is_decided(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    options: dict[str, str],
    wrong: list[str],
) -> None:
    use(settings, REAL)
    database = {"ENGINE": "django.db.backends.postgresql", "HOST": host, "OPTIONS": options}
    for name, value in database.items():
        monkeypatch.setitem(settings.DATABASES["default"], name, value)

    assert wrong_variables() == wrong


def test_sqlite_without_its_options(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use(settings, DEMO)
    database = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 5}}
    for name, value in database.items():
        monkeypatch.setitem(settings.DATABASES["default"], name, value)

    assert wrong_variables() == ["DATABASES"]


def test_what_settings_could_not_read_is_reported(settings: Any) -> None:
    use(settings, DEMO)
    settings.SETTINGS_PROBLEMS = [Problem("PORT", "is “eight”", "Set it to a whole number from 1 to 65535.")]

    assert wrong_variables() == ["PORT"]


def test_a_data_folder_that_is_a_file(settings: Any, tmp_path: Path) -> None:
    use(settings, DEMO)
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("")

    assert wrong_variables() == ["DATA_DIR"]


def test_a_real_clinic_without_mail_is_a_note_and_no_error(settings: Any) -> None:
    use(settings, REAL | {"EMAIL_URL": ""})

    assert wrong_variables() == []
    assert [message.id for message in check_settings()] == ["careplans.EMAIL_URL"]


@pytest.mark.parametrize(
    ("host", "answer"), [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True), ("::", False), ("10.0.0.1", False), ("x", False)]
)  # fmt: skip
def test_loopback(host: str, answer: bool) -> None:
    assert is_loopback(host) is answer
