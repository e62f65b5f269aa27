"""Reading variables: a wrong one is noted with its cure, never raised."""

from __future__ import annotations

from pathlib import Path

import pytest

from careplans.core.environment import Environment, host_of, url_host

FOLDER = Path("/srv/data")


def test_an_empty_variable_counts_as_not_set() -> None:
    env = Environment({"PORT": "", "DEMO": " "})

    assert env.whole("PORT", default=8000, at_least=1, at_most=9) == 8000
    assert env.yes_no("DEMO", default=True) is True
    assert env.problems == []


@pytest.mark.parametrize("given", ["eight", "0", "70000", "-1", "8_0", "80.5", "٨٠"])
def test_a_wrong_number_keeps_the_default_and_is_noted(given: str) -> None:
    env = Environment({"PORT": given})

    assert env.whole("PORT", default=8000, at_least=1, at_most=65535) == 8000
    assert [one.variable for one in env.problems] == ["PORT"]
    assert given in env.problems[0].wrong
    assert "1 to 65535" in env.problems[0].cure


@pytest.mark.parametrize(("given", "value"), [("1", True), ("Yes", True), ("off", False), ("0", False)])
def test_yes_and_no_in_their_usual_spellings(given: str, value: bool) -> None:
    assert Environment({"DEMO": given}).yes_no("DEMO", default=not value) is value


def test_a_misspelt_yes_is_not_taken_for_no() -> None:
    env = Environment({"DEMO": "ture"})

    assert env.yes_no("DEMO", default=True) is True
    assert env.problems[0].variable == "DEMO"


@pytest.mark.parametrize(
    "given",
    [
        "mysql://a@b/c",
        "postgres://user:pass@host:port/name",
        "postgres://host",
        "sqlite://:memory:",
        "nonsense",
    ],
)
def test_a_database_address_that_makes_no_sense(given: str) -> None:
    env = Environment({"DATABASE_URL": given})

    assert env.database("DATABASE_URL", default="sqlite:////x", folder=FOLDER)["ENGINE"]
    assert [one.variable for one in env.problems] == ["DATABASE_URL"]


def test_the_two_databases() -> None:
    env = Environment({"A": "postgres://me:p%40ss@db:5433/plans", "B": "sqlite:////srv/plans.sqlite3"})

    postgres, sqlite = (env.database(name, default="", folder=FOLDER) for name in "AB")

    assert (postgres["PASSWORD"], postgres["PORT"], postgres["NAME"]) == ("p@ss", 5433, "plans")
    assert sqlite["NAME"] == "/srv/plans.sqlite3"
    assert env.problems == []


@pytest.mark.parametrize(
    "given", ["plans.clinic.example", "ftp://clinic.example", "https://x.example/folder", "http://[::1"]
)
def test_a_site_address_that_cannot_lead_anywhere(given: str) -> None:
    env = Environment({"SITE_URL": given})

    assert env.address("SITE_URL", default="http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    assert env.problems[0].variable == "SITE_URL"


def test_choices_are_listed_in_the_cure() -> None:
    env = Environment({"LOG_LEVEL": "loud"})

    assert env.choice("LOG_LEVEL", ["INFO", "WARNING"], default="WARNING") == "WARNING"
    assert "INFO, WARNING" in env.problems[0].cure


def test_hosts_in_addresses() -> None:
    assert url_host("::1") == "[::1]"
    assert url_host("0.0.0.0") == "127.0.0.1"
    assert host_of("http://[::1]:8000") == "[::1]"
    assert host_of("https://plans.clinic.example") == "plans.clinic.example"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("sqlite:///plans.sqlite3", "/srv/data/plans.sqlite3"),
        ("sqlite:///deeper/plans.sqlite3", "/srv/data/deeper/plans.sqlite3"),
        ("sqlite:////var/plans.sqlite3", "/var/plans.sqlite3"),
    ],
)
def test_a_database_file_without_a_folder_lies_with_the_data(given: str, path: str) -> None:
    env = Environment({"DATABASE_URL": given})

    assert env.database("DATABASE_URL", default="", folder=FOLDER)["NAME"] == path
    assert env.problems == []


def test_a_database_file_beside_the_data_is_refused() -> None:
    env = Environment({"DATABASE_URL": "sqlite:///../plans.sqlite3"})

    env.database("DATABASE_URL", default="", folder=FOLDER)

    assert [one.variable for one in env.problems] == ["DATABASE_URL"]
