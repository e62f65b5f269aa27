"""What every answer carries, whatever the page: nothing is cached, framed or run that is not ours; no form without its token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from tests.make.plans import make_library
from tests.make.routes import Route, every_route

pytestmark = pytest.mark.django_db
ROUTES = every_route()
# Answered without looking at a form: it only reads.
READS = {"health"}


def test_nothing_is_kept_by_browsers_and_proxies(client_of: Callable[..., Client], clinic: Clinic) -> None:
    make_library(clinic)
    wrong = []
    for client in (Client(), client_of(*Role)):
        for path in (*(route.any_path for route in ROUTES), "/nothing/", "/c/%00/"):
            response = client.get(path)
            if "no-store" not in response.headers.get("Cache-Control", ""):
                wrong.append(path)
    assert wrong == []


def test_pages_run_only_our_own_files_and_stand_in_no_frame(client_of: Callable[..., Client]) -> None:
    wrong = []
    for client in (Client(), client_of(*Role)):
        for path in (*(route.any_path for route in ROUTES), "/nothing/"):
            response = client.get(path)
            policy = response.headers.get("Content-Security-Policy", "")
            is_strict = (
                "default-src 'none'" in policy and "unsafe" not in policy and "script-src 'self'" in policy
            )
            is_ours = "frame-ancestors 'none'" in policy and response.headers.get("X-Frame-Options") == "DENY"
            if not (is_strict and is_ours and response.headers.get("X-Content-Type-Options") == "nosniff"):
                wrong.append((path, policy))
            if "Access-Control-Allow-Origin" in response.headers:
                wrong.append((path, "shared with other sites"))
    assert wrong == []


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.name not in READS], ids=lambda route: route.name
)
def test_no_form_is_taken_without_its_token(
    route: Route, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    for client in (Client(), client_of(*Role)):
        client.handler.enforce_csrf_checks = True
        assert client.post(route.any_path).status_code == 403


def test_an_unknown_host_is_refused() -> None:
    assert Client().get("/healthz", headers={"host": "evil.example"}).status_code == 400
