"""The template editor as people use it: by mouse, by keyboard, and the plan it becomes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from careplans.library.models import TemplateVersion
from tests.browser.conftest import assert_accessible, assert_fits, sign_in
from tests.factories import make_staff
from tests.make.templates import make_template_draft


@pytest.fixture
def draft(clinic: Clinic) -> TemplateVersion:
    editor = make_staff(clinic, Role.EDITOR, email="ed@clinic.example", name="Ed Itor")
    return make_template_draft(clinic, editor, "after-spinal-surgery")


@pytest.mark.django_db(transaction=True)
def test_a_template_is_edited_and_seen_as_a_plan(page: Page, site: str, draft: TemplateVersion) -> None:
    page.set_viewport_size({"width": 1280, "height": 2400})
    # While an item glides aside, nothing can be dropped onto it: a busy machine would miss its moment.
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, site, "ed@clinic.example")
    page.goto(f"{site}/library/templates/{draft.template_id}/{draft.number}/edit/")
    expect(page.get_by_role("heading", name="Protection")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    drag_to_another_phase(page)
    move_by_keyboard(page)
    change_a_dose(page)
    add_what_is_found(page)
    open_the_phase(page)
    look_at_it_as_a_plan(page)


def card(page: Page, name: str) -> Locator:
    return page.locator(".board-phase").filter(has=page.get_by_role("heading", name=name, exact=True))


def item(page: Page, title: str) -> Locator:
    return page.locator(".board-item").filter(has=page.get_by_text(title, exact=True)).first


def said(page: Page) -> Locator:
    return page.locator("#editor-said")


def drag_to_another_phase(page: Page) -> None:
    """By the mouse, step by step as a hand does it, onto the first place of the second phase."""
    grip = item(page, "Ankle pumps").locator(".board-grip").bounding_box()
    goal = card(page, "Early mobility").locator(".board-item").first.bounding_box()
    assert grip
    assert goal
    page.mouse.move(grip["x"] + 6, grip["y"] + 6)
    page.mouse.down()
    page.mouse.move(grip["x"] + 30, grip["y"] + 12, steps=4)
    page.mouse.move(goal["x"] + 60, goal["y"] + 6, steps=20)
    page.mouse.move(goal["x"] + 60, goal["y"] + 4, steps=3)
    expect(card(page, "Early mobility").locator(".board-item").first).to_contain_text("Ankle pumps")
    page.mouse.up()

    expect(said(page)).to_have_text("Ankle pumps is now at place 1 of “Early mobility”.")
    expect(card(page, "Early mobility").locator(".board-item").first).to_contain_text("Ankle pumps")


def move_by_keyboard(page: Page) -> None:
    """The focus stays on the button, so that it can be pressed again."""
    down = page.get_by_role("button", name="Move Ankle pumps down")
    down.focus()
    page.keyboard.press("Enter")
    expect(said(page)).to_have_text("Ankle pumps is now at place 2 of “Early mobility”.")
    expect(down).to_be_focused()
    page.keyboard.press("Enter")
    expect(said(page)).to_have_text("Ankle pumps is now at place 3 of “Early mobility”.")

    grip = page.get_by_role("button", name="Drag Ankle pumps")
    expect(grip).to_have_accessible_description(re.compile("up and down arrow move it within the phase"))
    grip.focus()
    page.keyboard.press("ArrowUp")
    expect(said(page)).to_have_text("Ankle pumps is now at place 2 of “Early mobility”.")
    expect(grip).to_be_focused()

    page.get_by_role("button", name="Move Ankle pumps to the phase before").focus()
    page.keyboard.press("Enter")
    expect(said(page)).to_have_text(re.compile("of “Protection”"))
    expect(card(page, "Protection").locator(".board-item").last).to_contain_text("Ankle pumps")


def change_a_dose(page: Page) -> None:
    page.get_by_role("link", name="Change Cold pack").click()
    minutes = page.get_by_label("Minutes", exact=True)
    expect(minutes).to_be_focused()
    minutes.fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert_accessible(page)
    minutes.fill("10")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("10 minutes, 4 times a day, for 14 days")).to_be_visible()


def add_what_is_found(page: Page) -> None:
    page.get_by_role("link", name="Add a component to Strengthening").click()
    page.get_by_role("searchbox").fill("bird")
    expect(page.locator(".found-line").filter(has_text="Walking")).to_have_count(0)
    page.get_by_role("button", name="Add Bird-dog").click()
    expect(said(page)).to_have_text("Bird-dog was added to “Strengthening”.")
    assert_accessible(page)


def open_the_phase(page: Page) -> None:
    page.get_by_role("link", name="Change the phase Protection").click()
    card(page, "Protection").get_by_label("Days", exact=True).fill("21")
    page.get_by_role("button", name="Save").click()
    expect(card(page, "Early mobility").get_by_text("Days 22 to 49")).to_be_visible()


def look_at_it_as_a_plan(page: Page) -> None:
    page.get_by_role("link", name="Preview as a plan").click()
    expect(page.get_by_role("heading", name="Pretend Patient (no real person)")).to_be_visible()
    page.get_by_text("Facts and allergies").click()
    page.get_by_label("Raynaud's phenomenon").check()
    page.get_by_role("button", name="Show the plan").click()
    expect(page.locator(".finding").first).to_be_visible()
    expect(page.get_by_text("10 minutes, 4 times a day").first).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits(page)
