"""Keeping the library, walked as people walk it: written, sent back, approved, offered to a plan, recalled, revised."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.library.models import ComponentText
from tests.browser.conftest import assert_accessible, assert_fits, sign_in
from tests.factories import make_clinic, make_staff
from tests.make.recalls import make_published

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TITLE = "A little movement"
NEW_WHY = "Lying still makes a muscle stiff. Moving a little keeps it soft, and it does no harm."
TOO_HARD = "Prolonged immobilisation demonstrably exacerbates paraspinal hypertonicity and deconditioning."
REASON = "Two patients fell while doing it with the chair too far away."
ADA, PRIYA, HENRIK = "ada@clinic.example", "priya@clinic.example", "henrik@clinic.example"


@pytest.fixture
def clinic(travel: Callable[[datetime], None]) -> Clinic:
    """With a patient whose plan holds what is about to be written anew."""
    travel(MONDAY)
    clinic = make_clinic(name="Riverside Clinic")
    ada = make_staff(clinic, Role.CLINICIAN, name="Dr Ada Quill", email=ADA)
    make_staff(clinic, Role.EDITOR, name="Priya Nair", email=PRIYA)
    make_staff(clinic, Role.REVIEWER, name="Henrik Dahl", email=HENRIK)
    make_published(clinic, ada, family_name="Stone")
    # In English only: what becomes of other languages when the English changes is no part of these walks.
    texts = ComponentText.objects.filter(version__component__clinic=clinic).exclude(language="en")
    texts.filter(version__in=ComponentText.objects.filter(title__startswith=TITLE).values("version")).delete()
    return clinic


def go_as(page: Page, site: str, email: str) -> None:
    page.context.clear_cookies()
    sign_in(page, site, email)


def open_component(page: Page, site: str) -> None:
    page.goto(f"{site}/library/")
    page.get_by_label("Search").first.fill("little movement")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(re.compile(r"[?&]q=little"))
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    expect(page.get_by_role("heading", name=re.compile(TITLE), level=1)).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_a_new_version_is_written_sent_back_approved_and_taken_into_a_plan(
    page: Page, site: str, clinic: Clinic
) -> None:
    go_as(page, site, PRIYA)
    open_component(page, site)
    assert_accessible(page)
    page.get_by_role("button", name="Write a new version").click()
    write(page, TOO_HARD)
    submit(page)

    go_as(page, site, HENRIK)
    page.goto(f"{site}/reviews/")
    assert_accessible(page)
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    expect(page.get_by_text("What changes against version 1")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Send back").click()
    page.get_by_role("textbox").first.fill("Too hard to read. Say it in short words.")
    page.get_by_role("button", name=re.compile("Send (it )?back")).click()

    go_as(page, site, PRIYA)
    page.goto(f"{site}/reviews/")
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    expect(page.get_by_text("Too hard to read.").first).to_be_visible()
    # Whoever wrote it finds no way to approve it.
    expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Go on writing").click()
    expect(page.get_by_text("Too hard to read.").first).to_be_visible()
    write(page, NEW_WHY)
    submit(page)

    go_as(page, site, HENRIK)
    page.goto(f"{site}/reviews/")
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved").first).to_be_visible()

    go_as(page, site, ADA)
    open_plan(page, site)
    page.get_by_role("link", name="Show what changed").click()
    expect(page.get_by_text("The patient has version 1; version 2 is approved.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Update this plan").click()
    expect(page.get_by_text(re.compile("the instructions were updated")).first).to_be_visible()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()


def write(page: Page, why: str) -> None:
    """In the editor: what is typed is shown beside it as the patient will read it, with how hard it is to read."""
    page.locator("textarea[name=why]").fill(why)
    live = page.locator("#live")
    expect(live.get_by_text(why)).to_be_visible()
    expect(live.get_by_text(re.compile("Grade"))).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Save and close").click()


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit for review").first.click()
    expect(page.get_by_text("In review").first).to_be_visible()


def open_plan(page: Page, site: str) -> None:
    page.goto(f"{site}/patients/")
    page.get_by_role("link", name=re.compile("Stone")).first.click()
    page.get_by_role("link", name=re.compile("See the whole plan")).click()


@pytest.mark.django_db(transaction=True)
def test_a_recall_reaches_the_worklist_and_the_plan_is_revised_in_one_step(
    page: Page, site: str, clinic: Clinic
) -> None:
    go_as(page, site, HENRIK)
    open_component(page, site)
    page.get_by_role("link", name="Recall it").click()
    expect(page.get_by_text("1 running plan holds it")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Why it is recalled").fill(REASON)
    page.get_by_role("button", name="Recall it now").click()
    expect(page.get_by_text("Recalled. No plan can be published with it")).to_be_visible()

    go_as(page, site, ADA)
    page.goto(site)
    expect(page.get_by_role("heading", name=re.compile("Recalled: plans to revise"))).to_be_visible()
    expect(page.get_by_text(REASON)).to_be_visible()
    assert_accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name=re.compile("was recalled")).first.click()
    expect(page.get_by_text(re.compile("No longer part of your plan"))).to_be_visible()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()
    page.goto(site)
    expect(page.get_by_role("heading", name=re.compile("Recalled"))).to_have_count(0)
