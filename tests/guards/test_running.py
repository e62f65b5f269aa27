"""What is written down about running the product agrees with what runs."""

from __future__ import annotations

import re
from pathlib import Path

from careplans.bench.registry import BENCHMARKS
from careplans.celery import app

ROOT = Path(__file__).resolve().parents[2]
# Read by bin/run and bin/test themselves.
SHELL_VARIABLES = {"PYTHON", "CHROMIUM"}


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_every_tick_leads_to_a_task() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_tick_is_void_before_the_next_one() -> None:
    for entry in app.conf.beat_schedule.values():
        assert entry["options"]["expires"] < entry["schedule"] <= 60


def test_handouts_never_stand_before_an_alert() -> None:
    routes = {
        task: app.amqp.router.route({}, task)["queue"].name
        for task in ("handouts.render_waiting", "checkins.climb_due", "outbox.deliver_waiting")
    }

    assert routes == {
        "handouts.render_waiting": "slow",
        "checkins.climb_due": "quick",
        "outbox.deliver_waiting": "quick",
    }


def test_every_setting_is_in_the_table() -> None:
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", (ROOT / "careplans/settings.py").read_text())) - {
        "DATA_DIR"
    } | {"DATA_DIR"}
    table = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))

    assert table - SHELL_VARIABLES == read


def test_checks_run_on_what_is_served() -> None:
    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")

    assert runtime
    assert runtime.items() <= development.items()


def test_locks_hold_on_every_python_and_name_no_machine() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        _first, command, text = (ROOT / name).read_text().split("\n", 2)
        assert "--python-version 3.11 --generate-hashes" in command
        assert "async-timeout==" in text  # only Python 3.11.2 and older want it
        assert not re.search(r"(index-url|find-links|file://|/home/|/root/|/opt/)", text)


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 100


def test_benchmarks_are_documented() -> None:
    operations = (ROOT / "docs/operations.md").read_text()

    assert [name for name in BENCHMARKS if f"`{name}`" not in operations] == []
