"""Each step that decides something for a patient shows who it is: name, birth date and record number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from tests.make.checkins import make_asked
from tests.make.plans import make_draft
from tests.make.worklist import make_red_flag


@pytest.mark.parametrize("path", ["/plans/{0.plan_id}/build/", "/plans/{0.plan_id}/publish/"])
def test_building_and_publishing(
    clinic: Clinic, clinician: User, client_of: Callable[..., Client], path: str
) -> None:
    draft = make_draft(clinic, clinician)
    page = client_of(Role.CLINICIAN).get(path.format(draft)).content.decode()
    for words in (draft.plan.patient.full_name, "17 May 1980", draft.plan.patient.record_number):
        assert words in page


@pytest.mark.parametrize("path", ["/patients/{0}/", "/patients/{0}/facts/", "/patients/{0}/answers/"])
def test_record_facts_and_answers(
    clinic: Clinic, clinician: User, client_of: Callable[..., Client], path: str
) -> None:
    patient = make_draft(clinic, clinician).plan.patient
    page = client_of(Role.CLINICIAN).get(path.format(patient.pk)).content.decode()
    for words in (patient.full_name, "17 May 1980", patient.record_number):
        assert words in page


def test_alerts_and_calls(clinic: Clinic, clinician: User, client_of: Callable[..., Client]) -> None:
    alert, check_in = make_red_flag(clinic, clinician), make_asked(clinic, clinician)
    client = client_of(Role.CLINICIAN)
    for patient, path in (
        (alert.patient, f"/alerts/{alert.pk}/"),
        (check_in.patient, f"/check-ins/{check_in.pk}/phone/"),
    ):
        page = client.get(path).content.decode()
        for words in (patient.full_name, "17 May 1980", patient.record_number):
            assert words in page
