"""The start: what it refuses, what it makes once, and what it leaves alone the second time."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate

from careplans.accounts.permissions import Role
from careplans.running import start
from careplans.running.sign_ins import FILE_NAME, demo_sign_ins
from careplans.running.start import CannotStart
from tests.factories import make_clinic, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def make_demo_staff() -> None:
    clinic = make_clinic(is_demo=True)
    for role in Role:
        make_staff(clinic, role)


def test_one_working_sign_in_for_each_role(settings: Any) -> None:
    make_demo_staff()

    made = demo_sign_ins()

    assert [one.role for one in made] == [str(role.label) for role in Role]
    for one in made:
        assert authenticate(None, email=one.email, password=one.password) is not None


def test_passwords_stay_the_same_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    make_demo_staff()

    made = demo_sign_ins()

    assert demo_sign_ins() == made
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_passwords_of_another_database_are_made_anew(tmp_path: Path) -> None:
    make_demo_staff()
    kept = [one.__dict__ | {"user_id": "of another database"} for one in demo_sign_ins()]
    (tmp_path / FILE_NAME).write_text(json.dumps(kept))

    made = demo_sign_ins()

    assert all(authenticate(None, email=one.email, password=one.password) for one in made)


def test_real_staff_never_get_a_printed_password() -> None:
    clinic = make_clinic()
    person = make_staff(clinic, Role.CLINICIAN)
    before = person.password

    assert demo_sign_ins() == []
    person.refresh_from_db()
    assert person.password == before


@pytest.mark.parametrize(("demo", "holds_demo"), [(True, False), (False, True)])
def test_demo_and_real_clinic_never_share_a_database(settings: Any, demo: bool, holds_demo: bool) -> None:
    settings.DEMO = demo
    make_clinic(is_demo=holds_demo)

    with pytest.raises(CannotStart, match=r"^DEMO is (on|off) although"):
        start._stop_on(start._mixed_clinics())


def test_a_database_of_the_right_kind_passes(settings: Any) -> None:
    settings.DEMO = True
    make_clinic(is_demo=True)

    start._stop_on(start._mixed_clinics())
