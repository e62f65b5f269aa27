"""The warning before a session ends, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from careplans.accounts.permissions import Role
from tests.browser.conftest import assert_accessible, sign_in
from tests.factories import PASSWORD, make_clinic, make_staff

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WARNING = "You will be signed out in two minutes or less"


@pytest.fixture
def desk(page: Page, site: str, settings: Any, travel: Callable[[datetime], None]) -> Page:
    """Registering somebody, with the clocks of page and server in our hands."""
    settings.IDLE_TIME_OUT = timedelta(minutes=15)
    settings.SESSION_LIFE = timedelta(hours=8)
    make_staff(make_clinic(), Role.FRONT_DESK, name="Fay Desk", email="fay@clinic.example")
    travel(MONDAY)
    page.clock.install(time=MONDAY)
    sign_in(page, site, "fay@clinic.example")
    page.goto(f"{site}/patients/register/")
    return page


@pytest.mark.django_db(transaction=True)
def test_warned_then_staying(desk: Page, travel: Callable[[datetime], None]) -> None:
    expect(desk.get_by_text(WARNING)).to_be_hidden()
    travel(MONDAY + timedelta(minutes=13, seconds=10))
    desk.clock.fast_forward("13:10")

    expect(desk.get_by_text(WARNING)).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("button", name="Stay signed in").click()
    expect(desk.get_by_text(WARNING)).to_be_hidden()

    travel(MONDAY + timedelta(minutes=20))
    desk.clock.fast_forward("06:50")
    expect(desk.get_by_text(WARNING)).to_be_hidden()


@pytest.mark.django_db(transaction=True)
def test_whoever_types_is_there(desk: Page, travel: Callable[[datetime], None]) -> None:
    travel(MONDAY + timedelta(minutes=12, seconds=30))
    desk.clock.fast_forward("12:30")
    desk.get_by_label("Given name").fill("Ayşe")
    travel(MONDAY + timedelta(minutes=13, seconds=10))
    desk.clock.fast_forward("00:40")

    with desk.expect_response("**/account/session/stay/"):
        pass
    expect(desk.get_by_text(WARNING)).to_be_hidden()


@pytest.mark.django_db(transaction=True)
def test_signed_out_the_form_is_still_there_and_comes_back(
    desk: Page, travel: Callable[[datetime], None]
) -> None:
    desk.get_by_label("Given name").fill("Ayşe")
    travel(MONDAY + timedelta(minutes=40))
    desk.clock.fast_forward("40:00")
    expect(desk.get_by_text("You are signed out. What you typed is still here")).to_be_visible()
    assert_accessible(desk)

    desk.get_by_role("button", name="Register").click()
    desk.get_by_label("E-mail address").fill("fay@clinic.example")
    desk.get_by_label("Password").fill(PASSWORD)
    desk.get_by_role("button", name="Sign in", exact=True).click()
    expect(desk.get_by_role("heading", name="This was not saved yet")).to_be_visible()
    expect(desk.get_by_text("Ayşe")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("button", name="Send it now").click()
    expect(desk.get_by_label("Given name")).to_have_value("Ayşe")
