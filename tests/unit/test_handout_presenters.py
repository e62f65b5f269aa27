"""What stands on a handout, before any of it is drawn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from careplans.accounts.colour import contrast
from careplans.handouts.colour import FALLBACK, brand_of
from careplans.handouts.presenters import HandoutPage, handout_page
from careplans.handouts.words import date_range, direction_of_text, length_in_words, parts_in_words
from careplans.plans.document import DocumentCheckIn, PlanDocument
from tests.make.handouts import (
    START,
    arabic_document,
    counted,
    small_document,
    starter_document,
    starter_item,
)


def page_of(document: PlanDocument) -> HandoutPage:
    with translation.override(document.language):
        return handout_page(document, published_at="2026-03-02T09:30:00Z", check_code="0123abcd", pictures={})


def with_items(document: PlanDocument, phase: int, *items: object) -> PlanDocument:
    phases = list(document.phases)
    phases[phase] = phases[phase].model_copy(update={"items": (*phases[phase].items, *items)})
    return counted(document.model_copy(update={"phases": tuple(phases)}))


def test_each_component_is_described_once() -> None:
    document = starter_document()
    cards = [card for group in page_of(document).groups for card in group.cards]
    assert len({card.anchor for card in cards}) == len(cards)
    assert {card.title for card in cards} == {item.title for item in document.items}
    assert [card.number for card in cards] == list(range(1, len(cards) + 1))


def test_doses_are_listed_by_part_only_where_they_differ() -> None:
    cards = {card.title: card for group in page_of(starter_document()).groups for card in group.cards}
    movement = cards["A little movement, often"]
    assert [line.when for line in movement.doses] == ["Part 1 (2–3 March)", "Part 2 (4–8 March)"]
    assert [line.when for line in cards["Belly breathing"].doses] == [""]


def test_the_lists_point_to_the_numbers_of_the_descriptions() -> None:
    page = page_of(starter_document())
    numbers = {card.anchor: card.number for group in page.groups for card in group.cards}
    for phase in page.phases:
        for row in phase.rows:
            assert numbers[row.anchor] == row.number


def test_a_medicine_says_its_last_day() -> None:
    document = with_items(starter_document(), 0, starter_item("med-cyclobenzaprine", "m"))
    page = page_of(document)
    assert page.groups[-1].category == "medicine"
    assert page.groups[-1].cards[0].course == ("From Monday 2 March. Last day: Sunday 8 March.",)


def test_a_note_for_the_patient_stands_in_the_list_and_at_the_description() -> None:
    document = with_items(
        starter_document(), 0, starter_item("heat-moist", "h", note="Ask your daughter to help.")
    )
    page = page_of(document)
    assert "Ask your daughter to help." in [row.note for row in page.start.rows]
    assert "Ask your daughter to help." in [
        note.dose for group in page.groups for card in group.cards for note in card.notes
    ]


def test_the_first_page_starts_with_the_part_that_runs_when_it_is_published() -> None:
    assert page_of(starter_document()).start.number == 1
    late = starter_document(published_on=START + timedelta(days=3))
    assert page_of(late).start.number == 2
    assert page_of(late).phases[0].remark.startswith("These days are over")
    assert page_of(late).glance[0].day == "5 Mar"


def test_red_flags_are_grouped_by_what_to_do() -> None:
    page = page_of(starter_document())
    assert {flag.urgency for flag in page.emergencies} == {"emergency"}
    assert {flag.urgency for flag in page.calls} == {"call_today"}


def test_check_ins_before_publishing_are_not_announced() -> None:
    late = starter_document(published_on=START + timedelta(days=10))
    days = [day.due_on for day in late.check_ins if day.due_on >= late.published_on]
    assert len(page_of(late).follow_ups) == len(days) < len(late.check_ins)


def test_the_end_of_a_course_is_named() -> None:
    document = small_document(
        check_ins=(DocumentCheckIn(due_on=START + timedelta(days=6), kind="course_end"),)
    )
    document = with_items(document, 0, starter_item("med-cyclobenzaprine", "m"))
    assert page_of(document).follow_ups[0].what == "Last day of a medicine"
    assert page_of(document).glance[6].events == ("Check-in", "Last day of a medicine")


def test_a_new_version_says_what_it_replaces_and_what_changed() -> None:
    page = page_of(small_document(version_number=3, changes=("Walking: now 20 minutes.",)))
    assert page.replaces == 2
    assert page.changes == ("Walking: now 20 minutes.",)
    assert page_of(small_document()).replaces is None


def test_the_diary_has_a_box_for_each_day_of_two_weeks_on_which_something_is_done() -> None:
    weeks = page_of(starter_document()).diary
    assert [len(week.days) for week in weeks] == [7, 7]
    rows = {row.title: row.days for row in weeks[0].rows}
    assert rows["Belly breathing"] == (True, True, False, False, False, False, False)
    assert "Exercise sessions made for you" not in {row.title for week in weeks for row in week.rows}


def test_the_diary_ends_with_the_plan() -> None:
    document = small_document()
    phase = document.phases[0].model_copy(update={"ends_on": START + timedelta(days=8)})
    weeks = page_of(document.model_copy(update={"phases": (phase,)})).diary
    assert [len(week.days) for week in weeks] == [7, 2]


def test_an_arabic_handout_runs_from_right_to_left_and_what_is_not_translated_does_not() -> None:
    page = page_of(arabic_document())
    cards = {card.title: card for group in page.groups for card in group.cards}
    assert page.direction == "rtl"
    assert cards["حرارة رطبة"].language == "ar"
    walking = cards["Walking, a bit more each week"]
    assert walking.language == "en"


@pytest.mark.parametrize(
    "colour", ["#ffff00", "#ffffff", "#9ad0ec", "#0b5c5e", "#000000", "not a colour", "#12345"]
)
def test_any_brand_colour_becomes_readable(colour: str) -> None:
    brand = brand_of(colour)
    assert contrast(brand.ink) >= 4.5
    assert contrast("#16262b", brand.tint) >= 7


def test_a_readable_brand_colour_stays_as_it_is() -> None:
    assert brand_of(FALLBACK).ink == FALLBACK


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), "2 March"),
        (date(2026, 3, 2), date(2026, 3, 7), "2–7 March"),
        (date(2026, 3, 30), date(2026, 4, 3), "30 March – 3 April"),
        (date(2026, 12, 30), date(2027, 1, 3), "30 December 2026 – 3 January 2027"),
    ],
)
def test_ranges_of_days(first: date, last: date, words: str) -> None:
    with translation.override("en"):
        assert date_range(first, last) == words


def test_lengths_and_parts_in_words() -> None:
    with translation.override("en"):
        assert [length_in_words(days) for days in (1, 7, 10, 21)] == ["1 day", "7 days", "10 days", "3 weeks"]
        assert [parts_in_words(parts) for parts in ([1], [1, 2, 3], [1, 3])] == [
            "Part 1",
            "Parts 1–3",
            "Parts 1, 3",
        ]


def test_the_direction_of_names_and_addresses() -> None:
    assert direction_of_text("14 Quay Street", "rtl") == "ltr"
    assert direction_of_text("فاطمة", "ltr") == "rtl"
    assert direction_of_text("5 mg، مرة في اليوم", "rtl") == "rtl"
    assert direction_of_text("+44 117", "ltr") == "ltr"
