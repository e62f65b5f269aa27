"""The main job, walked as people walk it: from a back spasm to an answered check-in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from careplans.accounts.permissions import Role
from careplans.checkins.tasks import ask_due
from careplans.outbox.tasks import deliver_waiting
from tests.browser.conftest import assert_accessible, assert_fits, sign_in
from tests.factories import make_clinic, make_staff
from tests.make.plans import make_library
from tests.sink import Sink, running_sink

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
CLINICAL_WORDS = ["spasm", "cyclobenzaprine", "back pain", "Maya", "exercise", "hepatic"]


@pytest.fixture
def sink(settings: Any) -> Any:
    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        yield sink


@pytest.mark.django_db(transaction=True)
def test_from_a_back_spasm_to_an_answered_check_in(
    page: Page, phone: Page, site: str, sink: Sink, travel: Callable[[datetime], None]
) -> None:
    clinic = make_clinic(name="Riverside Clinic")
    make_library(clinic)
    make_staff(clinic, Role.CLINICIAN, name="Dr Ada Quill", email="ada@clinic.example")
    travel(MONDAY)

    sign_in(page, site, "ada@clinic.example")
    expect(page.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    assert_accessible(page)

    register_patient(page)
    refuse_the_same_person_twice(page, site)
    interactions = build_and_publish(page)
    assert interactions <= 8
    read_the_handout(page, site)

    travel(WEDNESDAY)
    ask_due()
    deliver_waiting()
    link = link_in_the_check_in_mail(sink, site)
    answer_on_the_phone(phone, link)
    deliver_waiting()
    # The session of two days ago is over by now.
    sign_in(page, site, "ada@clinic.example")
    handle_the_alert(page, site)
    publish_version_2(page)


def register_patient(page: Page) -> None:
    page.get_by_role("link", name="Patients").first.click()
    page.get_by_role("link", name="Register a patient").first.click()
    fill_identity(page)
    page.get_by_label(re.compile("agrees to get e-mails|agrees to e-mail|agrees")).check()
    page.get_by_label("Mild hepatic impairment").check()
    page.get_by_label("Sits all day at a desk").check()
    page.get_by_label("What brings the patient here").fill("Spasm after therapy")
    page.get_by_label("Body region").select_option(label="Low back")
    page.get_by_label("Began on").fill("2026-02-28")
    assert_accessible(page)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("Mild hepatic impairment").first).to_be_visible()


def fill_identity(page: Page) -> None:
    page.get_by_label("Given name").fill("Maya")
    page.get_by_label("Family name").fill("Stone")
    page.get_by_label("Birth date").fill("1980-05-17")
    page.get_by_label("Record number").fill("R-4711")
    page.get_by_label("Time zone").select_option("Europe/London")
    page.get_by_label("E-mail", exact=False).first.fill("maya@patient.example")


def refuse_the_same_person_twice(page: Page, site: str) -> None:
    here = page.url
    page.goto(f"{site}/patients/register/")
    fill_identity(page)
    page.get_by_label("Record number").fill("R-4712")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("R-4711").first).to_be_visible()
    expect(page.get_by_label("Record number")).to_have_value("R-4712")
    page.goto(here)


def build_and_publish(page: Page) -> int:
    """Build as the clinician wants it; returns the interactions that publishing from a template takes."""
    interactions = click(page, "link", "Start a plan")
    interactions += click(page, "button", "Start from Acute spasm after therapy")
    expect(page.get_by_role("heading", name="Days 2 to 7")).to_be_visible()
    assert_accessible(page)
    personalise(page)
    interactions += click(page, "link", "Review and publish")
    expect(page.get_by_text("Nothing has happened yet")).to_be_visible()
    expect(page.get_by_text("Wed 4 Mar 2026")).to_be_visible()
    expect(page.get_by_role("button", name="Publish version 1")).to_have_count(0)
    click(page, "link", "Answer the findings")
    answer_findings(page)
    click(page, "link", "Review and publish")
    assert_accessible(page)
    interactions += click(page, "button", "Publish version 1")
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()
    return interactions


def click(page: Page, role: Any, name: str) -> int:
    page.get_by_role(role, name=name).first.click()
    return 1


def personalise(page: Page) -> None:
    change = page.get_by_role("link", name="Change Walking").first
    change.click()
    expect(page.get_by_label("Minutes", exact=True)).to_be_focused()
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Minutes", exact=True)).to_have_count(0)
    expect(change).to_be_focused()
    change.click()
    page.get_by_label("Minutes", exact=True).fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("5 minutes, 2 times a day").first).to_be_visible()

    page.get_by_role("button", name="Remove Knee rolls").first.click()
    expect(page.get_by_role("button", name="Remove Knee rolls")).to_have_count(0)

    add(page, "moist heat", "Moist heat")
    expect(page.get_by_text("15 minutes, just before your movement exercises").first).to_be_visible()

    add(page, "cyclobenzaprine", "Cyclobenzaprine")
    expect(page.get_by_text("Start at 5 mg and titrate slowly").first).to_be_visible()

    page.get_by_role("link", name="Change Cyclobenzaprine").first.click()
    page.get_by_label("Course, days").fill("28")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#findings").get_by_text("Stop").first).to_be_visible()


def add(page: Page, words: str, title: str) -> None:
    page.get_by_label("Search the library").fill(words)
    button = page.get_by_role("button", name=re.compile(f"^Add {title}", re.IGNORECASE)).first
    button.click()
    expect(page.get_by_role("link", name=re.compile(f"^Change {title}", re.IGNORECASE)).first).to_be_visible()
    expect(button).to_be_focused()


def answer_findings(page: Page) -> None:
    findings = page.locator("#findings")
    findings.get_by_label("Why you go on").first.fill("Severe flare; reviewed every week, taper planned.")
    findings.get_by_role("button", name="Go on with this reason").first.click()
    expect(findings.get_by_role("button", name="Go on with this reason")).to_have_count(0)
    while findings.get_by_role("button", name="I have considered this").count():
        left = findings.get_by_role("button", name="I have considered this").count()
        findings.get_by_role("button", name="I have considered this").first.click()
        expect(findings.get_by_role("button", name="I have considered this")).to_have_count(left - 1)


def read_the_handout(page: Page, site: str) -> None:
    address = page.get_by_role("link", name="Open the handout").get_attribute("href")
    response = page.request.get(f"{site}{address}")
    assert response.headers["content-type"] == "application/pdf"
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(response.body())).pages)
    text = " ".join(text.split())
    for words in ("Riverside Clinic", "Moist heat", "5 minutes, 2 times a day", "5 mg", "999", "Maya Stone"):
        assert words in text, words
    assert "Knee rolls" not in text
    assert "hepatic" not in text


def link_in_the_check_in_mail(sink: Sink, site: str) -> str:
    mail = sink.mails[-1]
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    for words in CLINICAL_WORDS:
        assert words.lower() not in f"{mail['Subject']} {text} {html}".lower(), words
    assert sink.recipients[-1] == "maya@patient.example"
    links = re.findall(rf"{re.escape(site)}/c/[\w-]+/", text)
    assert links[0] in html
    return str(links[0])


def answer_on_the_phone(phone: Page, link: str) -> None:
    phone.goto(link)
    assert "/c/" not in phone.url
    expect(phone.get_by_text("Maya")).to_have_count(0)
    phone.get_by_label(re.compile("year", re.IGNORECASE)).fill("1980")
    phone.get_by_role("button", name="Go on").click()

    flags = phone.get_by_role("group").filter(has=phone.get_by_label("Yes"))
    for index in range(flags.count()):
        group = flags.nth(index)
        is_leg_numbness = "both legs" in group.inner_text()
        group.get_by_label("Yes" if is_leg_numbness else "No", exact=True).check()
    scale(phone, "pain_now", 0)
    scale(phone, "pain_worst", 6)
    phone.get_by_role("button", name="Send and go on").click()
    if phone.get_by_role("link", name="Answer the other questions").count():
        phone.get_by_role("link", name="Answer the other questions").click()
    scale(phone, "function", 4)
    phone.locator("input[name='spasm_frequency'][value='daily']").check()
    phone.locator("input[name^='done_'][value='as_planned']").first.check()
    phone.get_by_label("Very sleepy or dizzy").check()
    phone.get_by_role("group", name="Would you like us to call you?").get_by_label("No", exact=True).check()
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_role("link", name="Call 999").first).to_be_visible()
    expect(phone.get_by_text("Your clinic was told").first).to_be_visible()


def scale(phone: Page, name: str, value: int) -> None:
    phone.locator(f"input[name='{name}'][value='{value}']").check()


def handle_the_alert(page: Page, site: str) -> None:
    expect(page.get_by_role("heading", name="Worklist", level=1)).to_be_visible()
    first = page.get_by_role("region", name=re.compile("^Red flags")).get_by_role("listitem").first
    expect(first).to_contain_text("Maya Stone")
    expect(first).to_contain_text("Red flag")
    assert_accessible(page)
    first.get_by_role("link").first.click()
    expect(page.get_by_text("bilateral leg pain or numbness").first).to_be_visible()
    assert_accessible(page)
    page.get_by_label("What are you doing about it?").fill("Called; to be seen in an hour.")
    page.get_by_role("button", name=re.compile("Acknowledge")).first.click()
    expect(page.get_by_text("Called; to be seen in an hour.").first).to_be_visible()


def publish_version_2(page: Page) -> None:
    page.get_by_role("button", name="Revise the plan").or_(
        page.get_by_role("link", name="Revise the plan")
    ).first.click()
    page.get_by_role("button", name=re.compile("^Remove Cyclobenzaprine")).first.click()
    expect(page.get_by_role("button", name=re.compile("^Remove Cyclobenzaprine"))).to_have_count(0)
    page.get_by_role("link", name="Review and publish").first.click()
    expect(page.get_by_text("No longer part of your plan: Cyclobenzaprine").first).to_be_visible()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("No longer part of your plan: Cyclobenzaprine").first).to_be_visible()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_staff_pages_fit_and_are_accessible(
    page: Page, site: str, width: int, scheme: Any, travel: Callable[[datetime], None]
) -> None:
    clinic = make_clinic(name="Riverside Clinic")
    make_library(clinic)
    roles = (Role.CLINICIAN, Role.ADMINISTRATOR)
    make_staff(clinic, *roles, name="Dr Ada Quill", email="ada@clinic.example")
    travel(MONDAY)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, site, "ada@clinic.example")

    for path in (
        "/worklist/",
        "/patients/",
        "/patients/register/",
        "/library/",
        "/library/rules/",
        "/messages/",
        "/staff/",
        "/clinic/",
    ):
        page.goto(f"{site}{path}")
        assert_fits(page)
        assert_accessible(page)
