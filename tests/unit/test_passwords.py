"""Passwords that are refused although they are long enough."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from careplans.accounts.permissions import Role
from tests.factories import make_clinic, make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "password",
    ["careplans2026!", "Clinic-Password-1", "riverside2026!!", "password12345", "short", "ada.quill.2026"],
)
def test_refused(password: str) -> None:
    clinic = make_clinic(name="Riverside Back Clinic")
    with pytest.raises(ValidationError):
        validate_password(
            password, make_staff(clinic, Role.CLINICIAN, name="Ada Quill", email="ada.quill@x.example")
        )


@pytest.mark.parametrize(
    "password",
    ["iloveyou2024!!", "!!Football1966", "dragondragon", "m0nkeym0nkey", "Sunsh1ne-2026-", "basketball12"],
)
def test_a_common_one_made_longer_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, make_staff(make_clinic(name="Riverside"), Role.CLINICIAN))
    assert "password_of_a_common_one" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize(
    "password", ["four random words indeed", "7Kq%z8!vT#2p", "ağaç dalı çok uzun", "x" * 64 + "yz"]
)
def test_taken(password: str) -> None:
    validate_password(password, make_staff(make_clinic(name="Riverside"), Role.CLINICIAN))
