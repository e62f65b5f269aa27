"""What the settings of a real clinic behind HTTPS must say, read from a process of its own: they are computed once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = """
import json, django
django.setup()
from django.conf import settings
from careplans.celery import app
names = [name for name in dir(settings) if name.startswith(("SECURE_", "SESSION_", "CSRF_", "PASSWORD_H"))]
found = {name: getattr(settings, name) for name in names}
found["DEBUG"] = settings.DEBUG
found["celery"] = [list(app.conf.accept_content), app.conf.task_serializer]
print(json.dumps(found, default=str))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    told = {
        "DJANGO_SETTINGS_MODULE": "careplans.settings",
        "DEMO": "0",
        "SITE_URL": "https://plans.clinic.example",
        "TRUSTED_PROXIES": "1",
        "DATA_DIR": str(tmp_path_factory.mktemp("clinic")),
        "PATH": os.environ["PATH"],
    }
    run = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def test_cookies_belong_to_this_host_and_travel_by_https_alone(found: dict[str, Any]) -> None:
    for cookie in ("SESSION", "CSRF"):
        assert found[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert found[f"{cookie}_COOKIE_SECURE"] is True
        assert found[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
        assert found[f"{cookie}_COOKIE_DOMAIN"] is None
        assert found[f"{cookie}_COOKIE_PATH"] == "/"
    assert found["SESSION_COOKIE_HTTPONLY"] is True


def test_browsers_come_back_by_https_for_a_year(found: dict[str, Any]) -> None:
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True


def test_error_pages_with_our_code_are_off(found: dict[str, Any]) -> None:
    assert found["DEBUG"] is False


def test_queue_and_sessions_hold_json_only(found: dict[str, Any]) -> None:
    assert found["celery"] == [["json"], "json"]
    assert found["SESSION_SERIALIZER"].endswith("JSONSerializer")


def test_passwords_are_kept_with_argon2(found: dict[str, Any]) -> None:
    assert found["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
