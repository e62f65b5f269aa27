"""Files that come with a request: two forms take one, as large as they say; no other page keeps any of it."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_bytes
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from careplans.accounts.permissions import Role
from careplans.core.once import _digest
from careplans.core.uploads import OneFile
from careplans.library.bundle import MANIFEST
from careplans.library.models import ArrivingFile
from tests.make.bundles import SOURCE, as_upload, small_bundle, zipped
from tests.make.routes import every_route

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


def test_these_pages_take_a_file() -> None:
    takes = {
        route.name: route.view.most_file_bytes
        for route in every_route()
        if hasattr(route.view, "most_file_bytes")
    }
    assert takes == {"library-import": 20 * 1024**2, "component-edit": 5 * 1024**2}


def test_no_other_page_keeps_a_file(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(
        "careplans.accounts.limits._asked", lambda request, *_: seen.append(request.FILES) or 0
    )
    client_of(Role.EDITOR).post(
        reverse("library-export"), {"what": "whole", "file": as_upload(b"x" * 900_000)}
    )
    assert [dict(files) for files in seen] == [{}]


@pytest.mark.parametrize("name", ["account_login", "check-in", "library-export"])
def test_a_large_body_is_refused_by_its_length_alone(client_of: ClientOf, name: str) -> None:
    response = client_of(Role.EDITOR).generic(
        "POST", reverse(name), b"x", content_type="multipart/form-data; boundary=b", CONTENT_LENGTH="1000001"
    )
    assert response.status_code == 400


@pytest.mark.parametrize("length", ["", "-1", "1e9", "٣"])
def test_a_length_that_is_none_is_no_length(client: Client, length: str) -> None:
    response = client.generic("POST", reverse("account_login"), b"", CONTENT_LENGTH=length)
    assert response.status_code < 500


def test_a_strangers_file_is_not_kept(client: Client) -> None:
    response = client.post(reverse("library-import"), {"file": as_upload(small_bundle())})
    assert response.status_code == 302
    assert not ArrivingFile.objects.exists()


def test_a_stranger_sends_no_more_than_the_page_takes(client: Client) -> None:
    response = client.generic(
        "POST",
        reverse("library-import"),
        b"x",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(30 * 1024**2),
    )
    assert response.status_code == 413


def test_only_the_first_file_is_kept_and_only_as_much_as_there_may_be() -> None:
    files = {"a": SimpleUploadedFile("a", b"12345"), "b": SimpleUploadedFile("b", b"6")}
    request = RequestFactory().post("/", files)
    request.upload_handlers = [OneFile(request, 5)]
    assert {name: file.read() for name, file in request.FILES.items()} == {"a": b"12345"}


def test_a_file_that_is_too_large_comes_with_its_size_and_without_its_content() -> None:
    request = RequestFactory().post("/", {"a": SimpleUploadedFile("a", b"123456")})
    request.upload_handlers = [OneFile(request, 5)]
    assert (request.FILES["a"].size, request.FILES["a"].read()) == (6, b"")


def test_another_file_makes_another_form() -> None:
    """A form that is taken once is known by what is in its file too, whatever the file is called."""

    def digest(content: bytes, name: str = "a.zip") -> str:
        request = RequestFactory().post("/", {"form_key": "k", "file": SimpleUploadedFile(name, content)})
        request.upload_handlers = [OneFile(request, 99)]
        request.user = type("Somebody", (), {"pk": 1})()
        found = _digest(request)
        assert request.FILES["file"].read() == content
        return found

    assert digest(b"one") == digest(b"one", "b.zip")
    assert digest(b"one") != digest(b"two")


def test_what_comes_in_pieces_is_put_together(client_of: ClientOf) -> None:
    """Django hands a file over 64 KB at a time."""
    whole = zipped({MANIFEST: b"format: 1", "sources.yaml": SOURCE, "pictures/a.png": token_bytes(300_000)})
    response = client_of(Role.EDITOR).post(reverse("library-import"), {"file": as_upload(whole)})
    assert response.status_code == 302
    assert bytes(ArrivingFile.objects.get().content) == whole
