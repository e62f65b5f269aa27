"""Every field of the biggest form, with every hostile value, refused beside that field and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from careplans.accounts.models import Clinic, User
from patients.forms import ClinicianRegisterForm
from tests.factories import NOW
from tests.make.patient_forms import HOSTILE_LINES, WRONG_DAYS, contact_data, episode_data


def errors_of(clinic: Clinic, by: User, **data: Any) -> list[str]:
    typed = contact_data(**episode_data(surgery_type="fusion", surgery_on="2026-02-01")) | data
    form = ClinicianRegisterForm(_like_a_post(typed), clinic=clinic, by=by, today=NOW.date())
    return list(form.errors)


def _like_a_post(data: dict[str, Any]) -> MultiValueDict[str, Any]:
    return MultiValueDict(
        {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    )


def test_the_untouched_form_has_no_errors(clinic: Clinic, clinician: User) -> None:
    assert errors_of(clinic, clinician) == []


@pytest.mark.parametrize(
    "field", ["given_name", "family_name", "record_number", "phone", "email", "allergies", "diagnosis"]
)
@pytest.mark.parametrize("line", HOSTILE_LINES)
def test_hostile_text(clinic: Clinic, clinician: User, field: str, line: str) -> None:
    assert errors_of(clinic, clinician, **{field: line}) == [field]


@pytest.mark.parametrize("field", ["birth_date", "onset_on", "surgery_on"])
@pytest.mark.parametrize("day", WRONG_DAYS)
def test_wrong_dates(clinic: Clinic, clinician: User, field: str, day: str) -> None:
    assert errors_of(clinic, clinician, **{field: day}) == [field]


@pytest.mark.parametrize(
    "field",
    ["language", "time_zone", "clinician", "body_region", "surgery_type", "facts_heart", "contributors"],
)
@pytest.mark.parametrize("choice", ["zz", "\0", "x" * 10_000, "'; --"])
def test_choices_that_are_not_offered(clinic: Clinic, clinician: User, field: str, choice: str) -> None:
    assert field in errors_of(clinic, clinician, **{field: choice})
