"""Each view says who may open it, and leaves the database to verbs and selectors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.account import views as account_views
from django.urls import NoReverseMatch, reverse

from tests.make.routes import every_route, is_allauth, is_public

ROOT = Path(__file__).resolve().parents[2]
# Served without sign-in: patients on their links, invited people, health checks, the gallery of the look.
PUBLIC = {
    "health", "gallery",
    "check-in-link", "check-in", "check-in-confirm", "check-in-more", "check-in-thanks",
    "plan-link", "my-plan", "my-plan-confirm", "new-link",
    "invitation-open", "invitation-accept",
}  # fmt: skip
ALLAUTH_WITHOUT_SIGN_IN = {
    "account_login", "account_logout", "account_inactive", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_authenticate", "mfa_login_webauthn",
}  # fmt: skip
# "Model.objects.of(clinic)" is how a view loads; everything else belongs into a verb or a selector.
DATABASE = re.compile(r"\.objects\b(?!\.of\()|\.save\(|\.create\(|\.delete\(|\.update\(|transaction\.")
MAPPING_UPDATES = re.compile(r"(context|headers|initial|session|fields|values)\.update\(")


def view_files() -> list[Path]:
    files = [
        *ROOT.glob("careplans/*/views.py"),
        *ROOT.glob("careplans/*/views/*.py"),
        *ROOT.glob("patients/views/*.py"),
    ]
    return sorted([*files, *ROOT.glob("patients/views.py")])


def test_every_route_has_a_name() -> None:
    assert [route.pattern for route in every_route() if not route.name] == []


def test_every_route_says_who_may_open_it() -> None:
    silent = []
    for route in every_route():
        says = [
            is_public(route),
            is_allauth(route),
            hasattr(route.view, "required_permission"),
            getattr(route.view, "is_for_any_staff", False),
        ]
        if sum(map(bool, says)) != 1:
            silent.append(route.name)
    assert silent == []


def test_public_pages_are_exactly_these() -> None:
    assert {route.name for route in every_route() if is_public(route)} == PUBLIC


def test_sign_in_pages_open_to_strangers_are_exactly_these() -> None:
    without = {
        route.name
        for route in every_route()
        if is_allauth(route) and not getattr(route.view, "login_required", True)
    }
    assert without <= ALLAUTH_WITHOUT_SIGN_IN
    assert account_views.login.login_required is False


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_set_password", "account_confirm_email"]
)
def test_of_allauth_only_what_is_needed(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", view_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_views_leave_the_database_to_others(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [line.strip() for line in lines if DATABASE.search(line) and not MAPPING_UPDATES.search(line)]
    assert found == []


def test_there_are_views_to_look_at() -> None:
    assert len(view_files()) > 10
