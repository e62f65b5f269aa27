"""Opening a handout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.handouts import services
from careplans.handouts.failures import Failure
from careplans.handouts.models import Handout
from careplans.handouts.render import RenderedPdf, RenderingFailed
from tests.factories import NOW
from tests.make.documents import make_plan, make_version
from tests.make.plans import make_patient

ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "render_document", lambda *_, **__: RenderedPdf(pdf=b"%PDF-1.7 x", pages=2))


@pytest.fixture
def handout(clinic: Clinic, clinician: User) -> Handout:
    patient = make_patient(clinic, clinician, record_number="R 42/b")
    version = make_version(make_plan(patient, clinician))
    return services.request_handout(version=version, by=clinician, now=NOW)


def address(handout: Handout) -> str:
    return reverse("handout-pdf", args=[handout.pk])


def test_anonymous_is_sent_to_sign_in(client: Client, handout: Handout) -> None:
    assert client.get(address(handout)).status_code == 302


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_other_roles_may_not(client_of: ClientOf, handout: Handout, role: Role) -> None:
    assert client_of(role).get(address(handout)).status_code == 403


def test_another_clinics_and_unknown_ones_are_not_there(
    client_of: ClientOf, handout: Handout, other_clinic: Clinic
) -> None:
    stranger = client_of(Role.CLINICIAN, at=other_clinic)
    assert stranger.get(address(handout)).status_code == 404
    assert stranger.get(reverse("handout-pdf", args=[uuid4()])).status_code == 404
    assert Handout.objects.get().state == Handout.State.PENDING


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK])
def test_the_first_look_makes_it(client_of: ClientOf, handout: Handout, role: Role) -> None:
    response = client_of(role).get(address(handout))
    assert response.status_code == 200
    assert response.content == b"%PDF-1.7 x"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="care-plan-r-42b-v1.pdf"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_the_look_is_on_record(client_of: ClientOf, handout: Handout) -> None:
    client_of(Role.CLINICIAN).get(address(handout))
    look = AuditEvent.objects.get(action="handout.opened")
    assert (look.kind, look.patient_id) == (AuditEvent.Kind.LOOK, handout.version.plan.patient_id)


def test_a_stored_one_costs_few_queries(
    client_of: ClientOf, handout: Handout, django_assert_max_num_queries: Any
) -> None:
    client = client_of(Role.CLINICIAN)
    client.get(address(handout))
    with django_assert_max_num_queries(8):
        client.get(address(handout))


def test_while_it_is_being_made_the_page_says_so_and_asks_again(
    client_of: ClientOf, handout: Handout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PATIENCE_SECONDS", 0)
    client = client_of(Role.CLINICIAN)
    monkeypatch.setattr(services, "_claim", lambda *_: None)
    response = client.get(address(handout))
    assert response.status_code == 200
    assert b"The handout is being made" in response.content
    assert response["Refresh"] == "2"


def test_a_failed_one_says_why_and_offers_to_try_again(
    client_of: ClientOf, handout: Handout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> RenderedPdf:
        raise RenderingFailed(Failure.MISSING_LETTER, "U+F0123")

    monkeypatch.setattr(services, "render_document", fail)
    response = client_of(Role.CLINICIAN).get(address(handout))
    assert response.status_code == 503
    assert b"no font on this computer can print" in response.content
    assert b"U+F0123" in response.content
    assert reverse("handout-retry", args=[handout.pk]).encode() in response.content


def test_an_altered_file_is_not_shown(client_of: ClientOf, handout: Handout) -> None:
    client = client_of(Role.CLINICIAN)
    client.get(address(handout))
    Path(Handout.objects.get().pdf.path).write_bytes(b"%PDF-1.7 something else")
    for _ in range(2):
        response = client.get(address(handout))
        assert response.status_code == 503
        assert b"something else" not in response.content
        assert b"Make it anew" in response.content
