"""What is typed before the scripts have arrived, as on a slow line: it counts as typed once they are there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from tests.browser.conftest import sign_in
from tests.factories import make_staff
from tests.make.written import make_component_draft

ED = "ed@clinic.example"
WHY = "Lying still makes a muscle stiff."


@pytest.fixture
def held(page: Page, site: str, clinic: Clinic) -> list[Route]:
    """An editor is signed in; from now on the browser waits for its scripts until they are let go."""
    make_staff(clinic, Role.EDITOR, email=ED, name="Ed Itor")
    sign_in(page, site, ED)
    page.wait_for_url(re.compile("/library/"))
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(re.compile(r"/careplans(\.\w+)?\.js"), hold)
    return waiting


def let_go(page: Page, held: list[Route]) -> None:
    while not held:
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    page.unroute_all()


@pytest.mark.django_db(transaction=True)
def test_a_search_looks_for_it(page: Page, site: str, held: list[Route]) -> None:
    page.goto(f"{site}/library/", wait_until="commit")
    page.get_by_label("Search").first.fill("zzz nothing is called this")
    let_go(page, held)
    expect(page).to_have_url(re.compile("q=zzz"))


@pytest.mark.django_db(transaction=True)
def test_a_preview_shows_it_and_leaving_warns(
    page: Page, site: str, clinic: Clinic, held: list[Route]
) -> None:
    draft = make_component_draft(clinic, User.objects.get(email=ED))
    page.goto(f"{site}/library/components/{draft.component_id}/{draft.number}/edit/", wait_until="commit")
    page.locator("textarea[name=why]").fill(WHY)
    let_go(page, held)
    expect(page.locator("#live").get_by_text(WHY)).to_be_visible()

    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Library").first.click()
    page.wait_for_url(re.compile("/library/$"))
    assert asked == ["beforeunload"]
