"""A real browser against a real server. Debian's Chromium; ``CHROMIUM`` names another one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.factories import PASSWORD

# Playwright's loop runs in the test's thread; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# WCAG 2.2 AA; best practices beyond it are looked at by eye.
# As patient with what is waited for as with a click: the machine that checks may be busy with something else.
PATIENCE = 45_000
expect.set_options(timeout=PATIENCE)
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return browser_type_launch_args | {"executable_path": path, "args": ["--no-sandbox"]}


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return str(live_server.url)


@pytest.fixture
def travel() -> Iterator[Callable[[datetime], None]]:
    """``travel(moment)`` moves the clock of server and test; it goes on ticking from there."""
    travellers: list[time_machine.travel] = []

    def to(moment: datetime) -> None:
        while travellers:
            travellers.pop().stop()
        traveller = time_machine.travel(moment, tick=True)
        traveller.start()
        travellers.append(traveller)

    yield to
    while travellers:
        travellers.pop().stop()


@pytest.fixture
def page(page: Page) -> Page:
    """A page that fails the test on script errors and on anything our own policy refuses."""
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", _fail)
    return page


def _fail(error: Any) -> None:
    raise AssertionError(f"script error: {error}")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A patient's phone: 360 px wide, without JavaScript."""
    context = browser.new_context(
        viewport={"width": 360, "height": 720}, java_script_enabled=False, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/account/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    # Going on at once would break off the sign-in on a busy machine.
    expect(page).not_to_have_url(re.compile("/account/login/"))


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 A or AA that axe can find."""
    found = Axe().run(page, options=AXE_RULES).response["violations"]
    told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
    assert told == []


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
