"""A file that is brought: refused beside its field, or kept with its report until somebody decides."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.models import ArrivingFile, Source
from tests.make.bundles import SOURCE, as_upload, small_bundle, zipped

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
PATH = "/library/import/"


@pytest.fixture
def client(client_of: ClientOf) -> Client:
    return client_of(Role.EDITOR)


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert reverse("library-import") == PATH
    assert Client().post(PATH, {"file": as_upload(small_bundle())}).status_code == 302


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_editors_bring_files(client_of: ClientOf, role: Role) -> None:
    assert client_of(role).get(PATH).status_code == 403
    assert client_of(role).post(PATH, {"file": as_upload(small_bundle())}).status_code == 403
    assert not ArrivingFile.objects.exists()


def test_the_limits_are_said_beforehand(client: Client) -> None:
    page = client.get(PATH).content.decode()
    assert "at most 20 MB" in page
    assert "1000 things" in page
    assert 'enctype="multipart/form-data"' in page


def test_a_good_file_leads_to_its_report_and_changes_nothing(client: Client, clinic: Clinic) -> None:
    response = client.post(PATH, {"file": as_upload(small_bundle(), "their library.zip")})
    arriving = ArrivingFile.objects.get(clinic=clinic)
    assert response.status_code == 302
    assert response.url == reverse("library-import-report", args=[arriving.pk])
    assert arriving.name == "their library.zip"
    assert not Source.objects.filter(clinic=clinic).exists()
    assert AuditEvent.objects.filter(action="library.file_received").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty"),
        (b"hello", "no file that Careplans has exported"),
        (zipped({"readme.txt": b"hello"}), "was not made by Careplans"),
        (zipped({"careplans.yaml": b"format: 9"}), "format 9"),
        (zipped({"careplans.yaml": b"format: 1"}), "nothing of a library"),
        (b"0" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_beside_the_field(
    client: Client, data: bytes, said: str
) -> None:
    response = client.post(PATH, {"file": as_upload(data)})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page[page.index('id="id_file_error"') :]
    assert not ArrivingFile.objects.exists()


def test_without_a_file_it_is_asked_for(client: Client) -> None:
    assert "Choose a file." in client.post(PATH, {}).content.decode()
    assert "Choose a file." in client.post(PATH, {"file": "not one"}).content.decode()


def test_the_largest_file_there_may_be_is_read(client: Client) -> None:
    """A zip of what does not get smaller, just below the limit."""
    pictures = {f"pictures/a{number}.png": secrets.token_bytes(5_240_000) for number in range(4)}
    data = zipped({"careplans.yaml": b"format: 1", "sources.yaml": SOURCE} | pictures)
    assert 20 * 1024 * 1024 - 20_000 < len(data) <= 20 * 1024 * 1024
    assert client.post(PATH, {"file": as_upload(data)}).status_code == 302
    assert bytes(ArrivingFile.objects.get().content) == data


def test_a_body_far_beyond_the_limit_is_not_read_at_all(client: Client) -> None:
    response = client.generic(
        "POST", PATH, b"x", content_type="multipart/form-data; boundary=b", CONTENT_LENGTH=str(200 * 1024**2)
    )
    assert response.status_code == 413
    assert "at most 20 MB" in response.content.decode()
