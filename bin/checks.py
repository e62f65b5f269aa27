"""Runs every check, cheapest first, and stops at the first that fails. Ends in pytest's own closing line.

``--quick``: the linters, and the suite on SQLite without the browser. Other words go to pytest as they are.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from services import postgresql_and_redis
from steps import ROOT, Stop

PYTHON = sys.executable
# Whatever the shell of the person running this holds must not change what is checked.
OUR_VARIABLES = (
    "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "FROM_EMAIL", "SITE_URL", "HOST", "PORT", "DEMO", "DEBUG", "DATA_DIR", "SECRET_KEY",
    "SECRET_KEY_FALLBACKS", "ALLOWED_HOSTS", "IDLE_MINUTES", "TRUSTED_PROXIES", "WEB_PROCESSES", "LOG_LEVEL",
)  # fmt: skip
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    is_quick = "--quick" in arguments
    for_pytest = [word for word in arguments if word != "--quick"]
    signal.signal(signal.SIGTERM, stop_on_signal)
    try:
        with tempfile.TemporaryDirectory(prefix="careplans-test-data-") as data:
            environment = clean_environment(data)
            return lint(environment) or test(environment, for_pytest, is_quick=is_quick)
    except Stop as stop:
        print(f"Careplans: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def stop_on_signal(number: int, frame: FrameType | None) -> None:
    """As Ctrl-C does: the servers started here are stopped on the way out."""
    raise KeyboardInterrupt


def clean_environment(data: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OUR_VARIABLES}
    chromium = kept.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), "")
    return kept | {"DATA_DIR": data, "CHROMIUM": chromium}


def lint(environment: dict[str, str]) -> int:
    """Every linter, two at a time; all are told, so that one run shows everything there is to mend."""
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    commands = {
        "mypy": ["mypy", "careplans", "patients", "bin"],
        "ruff": ["ruff", "check", "--quiet", "."],
        "ruff format": ["ruff", "format", "--check", "--quiet", "."],
        "djade": ["djade", "--check", "--target-version", "5.2", *templates],
        "djlint": ["djlint", "--quiet", "--lint", "templates"],
        "import-linter": ["lint-imports", "--no-cache", "--no-logo"],
        "pending migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    }
    with ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(lambda name: passes(name, commands[name], environment), commands))
    failed = [name for name, is_fine in zip(commands, passed, strict=True) if not is_fine]
    if failed:
        print(f"\nNot run: the tests. Mend first: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    began = time.monotonic()
    program = [PYTHON, command[0]] if command[0].endswith(".py") else [str(Path(PYTHON).parent / command[0])]
    done = subprocess.run(
        [*program, *command[1:]], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    took = f"{time.monotonic() - began:.0f} s"
    complaint = f"\n{done.stdout}{done.stderr}" if done.returncode else ""
    # One write: two linters speak at a time.
    print(f"{name}: {'FAILED' if complaint else 'fine'} ({took}){complaint}", flush=True)
    return done.returncode == 0


def test(environment: dict[str, str], arguments: list[str], *, is_quick: bool) -> int:
    if is_quick:
        # Tables straight from the models: the migrations are tried by every full run.
        return pytest(
            environment, ["--nomigrations", "-m", "not browser and not faults and not slow", *arguments]
        )
    print("\nThe suite on SQLite", flush=True)
    code = pytest(environment, arguments)
    if code:
        return code
    print("\nThe suite on PostgreSQL and Redis", flush=True)
    with postgresql_and_redis() as servers:
        # The whole cluster goes away at the end: nothing is dropped one by one, which fails while the server
        # has not yet noticed that a browser test's thread is gone.
        return pytest(environment | servers, ["--create-db", "--reuse-db", *arguments])


def pytest(environment: dict[str, str], arguments: list[str]) -> int:
    command = [PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
