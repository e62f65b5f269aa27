"""What goes out of a library as one file: to keepers of it, as a download that nothing keeps, and on record."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from tests.factories import NOW
from tests.make.plans import make_library, template_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
PATH = "/library/export/"


def names_in(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return set(packed.namelist())


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert reverse("library-export") == PATH
    assert client.get(PATH).status_code == 302
    assert client.post(PATH, {"what": "whole"}).status_code == 302


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_does_not_keep_the_library_takes_none_of_it_along(client_of: ClientOf, role: Role) -> None:
    client = client_of(role)
    assert client.get(PATH).status_code == 403
    assert client.post(PATH, {"what": "whole"}).status_code == 403


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER])
def test_the_page_says_what_a_file_would_hold(client_of: ClientOf, clinic: Clinic, role: Role) -> None:
    make_library(clinic)
    page = client_of(role).get(PATH).content.decode()
    assert "Download the library" in page
    assert "Nothing of a patient is in it" in page
    assert str(template_of(clinic)) in page
    assert ("Import a file" in page) == (role == Role.EDITOR)


def test_the_whole_library_is_a_download_on_record(client_of: ClientOf, clinic: Clinic) -> None:
    make_library(clinic)
    with time_machine.travel(NOW):
        response = client_of(Role.REVIEWER).post(PATH, {"what": "whole"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == f'attachment; filename="careplans-library-{NOW:%Y-%m-%d}.zip"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert {"careplans.yaml", "rules.yaml", "components/ex-bridge.yaml"} <= names_in(response.content)
    assert AuditEvent.objects.get(action="library.exported").details == {"what": "all"}


def test_one_template_goes_out_with_what_it_needs(client_of: ClientOf, clinic: Clinic) -> None:
    make_library(clinic)
    version = template_of(clinic)
    client = client_of(Role.EDITOR)
    response = client.post(PATH, {"what": "template", "template": str(version.pk)})
    assert f"careplans-{version.template.code}-" in response["Content-Disposition"]
    names = names_in(response.content)
    assert {name for name in names if name.startswith("templates/")} == {
        f"templates/{version.template.code}.yaml"
    }
    assert "rules.yaml" not in names


def test_no_template_chosen_is_said_beside_the_field(client_of: ClientOf, clinic: Clinic) -> None:
    response = client_of(Role.EDITOR).post(PATH, {"what": "template", "template": ""})
    assert response.status_code == 422
    assert "Choose a template." in response.content.decode()


def test_another_clinics_template_does_not_go_out(
    client_of: ClientOf, clinic: Clinic, other_clinic: Clinic
) -> None:
    make_library(other_clinic)
    foreign = template_of(other_clinic)
    response = client_of(Role.EDITOR).post(PATH, {"what": "template", "template": str(foreign.pk)})
    assert response.status_code == 422
    assert "not in use any more" in response.content.decode()
    assert not AuditEvent.objects.filter(action="library.exported").exists()


def test_more_than_a_file_may_hold_is_said(
    client_of: ClientOf, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_library(clinic)
    monkeypatch.setattr("careplans.library.bundle_out.MOST_ROWS", 50)
    response = client_of(Role.EDITOR).post(PATH, {"what": "whole"})
    assert response.status_code == 422
    assert "Export template by template" in response.content.decode()
