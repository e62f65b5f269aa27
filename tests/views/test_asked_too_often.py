"""What costs much is refused to whoever asks for it again and again, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, Invitation, User
from careplans.accounts.permissions import Role
from tests.factories import NOW
from tests.make.plans import make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def preview(clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(
        "careplans.builder.views.publish.preview_pdf",
        lambda *_: SimpleNamespace(pages=2, pdf=b"%PDF-1.7"),
    )
    return reverse("plan-preview", args=[make_draft(clinic, clinician).plan_id])


def test_the_preview_of_a_handout(client_of: Callable[..., Client], preview: str) -> None:
    client, other = client_of(Role.CLINICIAN), client_of(Role.CLINICIAN)
    with time_machine.travel(NOW, tick=False):
        assert {client.get(preview).status_code for _time in range(30)} == {200}
        refused = client.get(preview)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "60"
        assert "wait a minute" in refused.content.decode()
        part = client.get(preview, {"pages": "1"}, headers={"HX-Request": "true"})
        assert (part.status_code, part.headers["Content-Type"]) == (429, "text/plain; charset=utf-8")
        assert other.get(preview).status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert client.get(preview).status_code == 200


def test_inviting_people(client_of: Any, clinic: Clinic) -> None:
    client = client_of(Role.ADMINISTRATOR)
    with time_machine.travel(NOW, tick=False):
        for number in range(40):
            given = {"email": f"new{number}@clinic.example", "name": "New", "role": "clinician"}
            assert client.post(reverse("staff-invite"), given).status_code == 302
        assert client.post(reverse("staff-invite"), given).status_code == 429
        assert client.get(reverse("staff-invite")).status_code == 200
    assert Invitation.objects.filter(clinic=clinic).count() == 40
