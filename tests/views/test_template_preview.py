"""A template as the plan of a pretend patient: as a real one would get it, and nothing is written."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.library.models import TemplateVersion
from careplans.plans.assemble import draft_document
from careplans.plans.models import Draft, Plan
from patients.models import Episode, Patient
from tests.factories import NOW, make_staff
from tests.make.plans import make_draft, make_library, template_of
from tests.make.templates import make_template_draft

WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def version(clinic: Clinic) -> TemplateVersion:
    return template_of(clinic)


def address(version: TemplateVersion, name: str = "template-preview") -> str:
    return reverse(name, args=[version.template_id, version.number])


def pretend(**more: Any) -> dict[str, Any]:
    return {"language": "en", "age": 45, "began": 2, "surgery_type": "", "operated": ""} | more


def test_anonymous_and_the_front_desk_do_not_see_it(
    version: TemplateVersion, client_of: Callable[..., Client]
) -> None:
    for name in ("template-preview", "template-preview-pdf"):
        assert Client().get(address(version, name)).status_code == 302
        assert client_of(Role.FRONT_DESK).get(address(version, name)).status_code == 403


def test_another_clinics_template_and_anothers_draft_are_not_there(
    version: TemplateVersion, clinic: Clinic, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    draft = make_template_draft(clinic, make_staff(clinic, Role.EDITOR))
    stranger, clinician = client_of(Role.EDITOR, at=other_clinic), client_of(Role.CLINICIAN)
    for name in ("template-preview", "template-preview-pdf"):
        assert stranger.get(address(version, name)).status_code == 404
        assert clinician.get(address(draft, name)).status_code == 404


@pytest.mark.parametrize("approved_only", [[], ["es"]])
@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_the_plan_a_real_patient_would_get(
    language: str,
    approved_only: list[str],
    version: TemplateVersion,
    clinic: Clinic,
    client_of: Callable[..., Client],
) -> None:
    clinic.approved_translations_only = approved_only
    clinic.save()
    clinician = make_staff(clinic, Role.CLINICIAN, name="Same Name")
    draft: Draft = make_draft(clinic, clinician, language=language)
    real = draft_document(draft, today=NOW.date())

    plan = client_of(Role.EDITOR).get(address(version), pretend(language=language)).context["plan"]

    own = {"plan_id", "patient", "clinician", "episode", "phases"}
    assert plan.document.model_dump(exclude=own) == real.model_dump(exclude=own)
    for made, phase in zip(plan.document.phases, real.phases, strict=True):
        assert made.model_dump(exclude={"items"}) == phase.model_dump(exclude={"items"})
        assert [one.model_dump(exclude={"key"}) for one in made.items] == [
            one.model_dump(exclude={"key"}) for one in phase.items
        ]


def test_the_page_says_that_nobody_is_meant(
    version: TemplateVersion, client_of: Callable[..., Client]
) -> None:
    page = client_of(Role.REVIEWER).get(address(version), pretend()).content.decode()
    for words in (
        "Pretend Patient (no real person)",
        "nothing of this is kept",
        "Over already, so left out: First 48",
    ):
        assert words in page, words


def test_it_opens_with_every_phase_ahead(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    make_library(clinic)
    client = client_of(Role.EDITOR)
    plans = {
        one.template.code: client.get(address(one)).context["plan"]
        for one in TemplateVersion.objects.filter(template__clinic=clinic).select_related("template")
    }

    assert len(plans) >= 6
    assert {code: plan.phases_left_out for code, plan in plans.items()} == dict.fromkeys(plans, ())


def test_it_speaks_the_patients_language(version: TemplateVersion, client_of: Callable[..., Client]) -> None:
    plan = client_of(Role.EDITOR).get(address(version), pretend(language="es")).context["plan"]
    doses = {item.dose_in_words for item in plan.document.items}
    assert any("minutos" in dose for dose in doses)


def test_facts_are_assessed_by_the_clinics_rules(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    template, client = template_of(clinic, "after-spinal-surgery"), client_of(Role.EDITOR)
    operated = pretend(surgery_type="fusion", operated=1)

    without = client.get(address(template), operated).context["plan"].findings
    with_facts = (
        client.get(address(template), operated | {"facts_heart": ["raynaud"]}).context["plan"].findings
    )

    assert len(with_facts) > len(without)
    assert any("Raynaud" in finding.message for finding in with_facts)


def test_after_surgery_it_asks_for_one(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    template, client = template_of(clinic, "after-spinal-surgery"), client_of(Role.EDITOR)

    form = client.get(address(template), pretend()).context["form"]

    assert set(form.errors) == {"surgery_type"}
    assert client.get(address(template)).context["plan"] is not None


def test_what_would_be_over_is_said(version: TemplateVersion, client_of: Callable[..., Client]) -> None:
    page = client_of(Role.EDITOR).get(address(version), pretend(began=999))
    assert "over already" in page.context["refusal"]


@pytest.mark.parametrize("name", ["template-preview", "template-preview-pdf"])
def test_nothing_is_written(name: str, version: TemplateVersion, client_of: Callable[..., Client]) -> None:
    client = client_of(Role.EDITOR)
    client.get(address(version))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(address(version, name), pretend(language="ar"))

    assert response.status_code == 200
    written = [one["sql"] for one in queries if one["sql"].startswith(WRITES) and "session" not in one["sql"]]
    assert written == []
    assert [model.objects.count() for model in (Patient, Episode, Plan)] == [0, 0, 0]


def test_the_pdf_says_that_nobody_is_meant(
    version: TemplateVersion, client_of: Callable[..., Client]
) -> None:
    response = client_of(Role.EDITOR).get(address(version, "template-preview-pdf"), pretend())

    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages).split()
    )
    assert response["Content-Type"] == "application/pdf"
    assert "Pretend Patient (no real person)" in text
    assert "Do not give it to a patient" in text


def test_what_is_wrong_makes_no_pdf(version: TemplateVersion, client_of: Callable[..., Client]) -> None:
    response = client_of(Role.EDITOR).get(address(version, "template-preview-pdf"), pretend(age="old"))
    assert response.status_code == 422
    assert "age" in response.context["form"].errors


def test_it_asks_the_database_as_often_for_few_as_for_many(
    clinic: Clinic, client_of: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    template, client = template_of(clinic, "after-spinal-surgery"), client_of(Role.EDITOR)
    client.get(address(template))
    with django_assert_max_num_queries(16):
        client.get(address(template))
