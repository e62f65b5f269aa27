"""Fixtures every kind of test uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from tests.factories import make_clinic, make_staff

# Takes most of the suite's time: bin/test runs all, bin/test --quick leaves these out.
SLOW_FILES = (
    "test_access_matrix.py",
    "test_demo.py",
    "test_handout_pdf.py",
    "test_handout_remembered.py",
    "test_handout_renderer.py",
    "test_library_strange_values.py",
    "test_library_unchanged.py",
    "test_looks.py",
    "test_staff_forms.py",
    "test_start_supervisor.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name in SLOW_FILES:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _settings_for_tests(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    }
    settings.SECOND_FACTOR_REQUIRED = False
    settings.IDLE_TIME_OUT = timedelta(days=365 * 50)  # tests move the clock; the time-out has its own test
    settings.SESSION_LIFE = timedelta(days=365 * 50)


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def other_clinic(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def clinician(clinic: Clinic) -> User:
    return make_staff(clinic, Role.CLINICIAN, name="Dr Ada Quill")


@pytest.fixture
def client_of(clinic: Clinic) -> Callable[..., Client]:
    """``client_of(Role.FRONT_DESK)``: a browser signed in as new staff with these roles in ``clinic``."""

    def sign_in(*roles: Role, at: Clinic | None = None, **fields: Any) -> Client:
        client = Client()
        client.force_login(make_staff(at or clinic, *roles, **fields))
        return client

    return sign_in
