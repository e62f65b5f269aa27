"""The course of an item: counted from the day it is told, kept while it runs, and never told when it is over."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from careplans.checkins.questions import questions_of
from careplans.plans.changes import changes_between
from careplans.plans.course_words import courses_in_words
from careplans.plans.courses import goes_on_in, taken_before
from careplans.plans.document import Course, DocumentItem, PlanDocument, canonical_data
from tests.make.handouts import START, counted, small_document, starter_document, starter_item

CODE = "med-cyclobenzaprine"


def day(number: int) -> date:
    return START + timedelta(days=number)


def medicine(days: int = 7, *, key: str = "m", code: str = CODE, **dose: object) -> DocumentItem:
    given = {"kind": "medicine", "amount": 5, "unit": "mg", "times_a_day": 1, "course_days": days}
    return starter_item(code, key, given | dose)


def wrap(days: int = 5, *, key: str = "w") -> DocumentItem:
    return starter_item("heat-wrap", key, {"kind": "thermal", "minutes": 240, "for_days": days})


def published(
    on: int, *items: DocumentItem, before: PlanDocument | None = None, lasts: int = 14
) -> PlanDocument:
    """One phase from day 0 for ``lasts`` days, published on day ``on``."""
    document = small_document(published_on=day(on), version_number=2 if before else 1)
    phase = document.phases[0].model_copy(update={"items": items, "ends_on": day(lasts - 1)})
    return counted(document.model_copy(update={"phases": (phase,)}), before)


def course(document: PlanDocument, code: str = CODE) -> tuple[int, int] | None:
    """First and last day of a course, as days of the plan."""
    found = next(item.course for item in document.items if item.component_code == code)
    return found and ((found.starts_on - START).days, (found.ends_on - START).days)


def test_a_course_is_counted_from_the_day_it_is_told() -> None:
    assert course(published(0, medicine())) == (0, 6)
    assert course(published(10, medicine())) == (10, 16)


def test_a_course_in_a_coming_phase_begins_with_the_phase() -> None:
    assert course(published(-3, medicine())) == (0, 6)


def test_an_unchanged_course_keeps_its_days_in_a_revision() -> None:
    first = published(2, medicine())
    assert course(published(5, medicine(), before=first)) == (2, 8)
    # Over by then, and still the same: it does not begin again by itself.
    assert course(published(12, medicine(), before=first)) == (2, 8)


def test_a_longer_or_shorter_course_is_the_same_one_while_it_runs() -> None:
    first = published(0, medicine(7))
    assert course(published(4, medicine(10), before=first)) == (0, 9)
    assert course(published(4, medicine(3), before=first)) == (0, 2)


def test_another_dose_begins_a_new_course_on_the_day_it_is_told() -> None:
    first = published(0, medicine(7))
    assert course(published(4, medicine(7, amount=10), before=first)) == (4, 10)


def test_a_course_that_is_over_begins_anew_when_it_is_changed_or_put_in_again() -> None:
    first = published(0, medicine(7))
    assert course(published(9, medicine(10), before=first)) == (9, 18)
    assert course(published(9, medicine(7, key="again"), before=first)) == (9, 15)


def test_taken_out_and_put_in_again_by_mistake_a_running_course_goes_on() -> None:
    first = published(0, medicine(7))
    assert course(published(4, medicine(7, key="again"), before=first)) == (0, 6)


def test_what_came_into_a_phase_that_is_over_never_begins() -> None:
    document = published(20, medicine(), lasts=14)
    assert course(document) is None
    assert document.items[0].is_over_by(day(20))


def test_heat_ends_with_its_phase_and_a_medicine_does_not() -> None:
    document = published(10, wrap(5), medicine(7))
    assert course(document, "heat-wrap") == (10, 13)
    assert course(document) == (10, 16)
    assert document.last_day == day(16)


def test_a_medicine_gives_way_to_the_same_one_in_a_later_phase() -> None:
    document = small_document()
    first = document.phases[0].model_copy(update={"items": (medicine(20),)})
    second = first.model_copy(
        update={
            "code": "second",
            "starts_on": day(14),
            "ends_on": day(27),
            "items": (medicine(14, key="n", amount=10),),
        }
    )
    document = counted(document.model_copy(update={"phases": (first, second)}))
    courses = [item.course for item in document.items]
    assert courses == [
        Course(starts_on=day(0), ends_on=day(13)),
        Course(starts_on=day(14), ends_on=day(27)),
    ]
    assert goes_on_in(document, document.items[0]) == document.phases[1]
    assert goes_on_in(document, document.items[1]) is None


def two_parts(*later: DocumentItem, on: int, before: PlanDocument | None = None) -> PlanDocument:
    """Days 0 and 1 with ten days of the medicine, days 2 to 13 with ``later``."""
    document = small_document(published_on=day(on), version_number=2 if before else 1)
    first = document.phases[0].model_copy(update={"items": (medicine(10),), "ends_on": day(1)})
    after = {"code": "later", "starts_on": day(2), "ends_on": day(13), "items": later}
    phases = (first, first.model_copy(update=after))
    return counted(document.model_copy(update={"phases": phases}), before)


def test_a_course_that_a_later_part_ended_stays_over_when_that_part_goes() -> None:
    first = two_parts(medicine(5, key="later", amount=10), on=0)
    assert course(first) == (0, 1)
    stopped = two_parts(on=4, before=first)
    assert course(stopped) == (0, 1)
    assert [one for one in stopped.check_ins if one.due_on > day(4) and "course_end" in str(one)] == []


def test_heat_that_ended_with_its_phase_stays_over_when_the_phase_moves() -> None:
    first = published(0, wrap(5), lasts=3)
    assert course(first, "heat-wrap") == (0, 2)
    assert course(published(4, wrap(5), before=first, lasts=14), "heat-wrap") == (0, 2)


def test_nothing_is_announced_whose_days_are_over() -> None:
    before = published(0, wrap(), lasts=10)
    after = published(12, wrap(), medicine(), before=before, lasts=10)
    assert after.items[1].is_over_by(day(12))
    assert "Cyclobenzaprine" not in " ".join(changes_between(before, after))


def test_what_has_no_number_of_days_has_no_course() -> None:
    assert published(0, starter_item("ex-walking", "e")).items[0].course is None


@given(
    told=st.integers(-5, 20),
    days=st.integers(1, 40),
    revised=st.integers(0, 30),
    other_days=st.integers(1, 40),
)
def test_no_new_course_lies_behind_the_day_it_is_told(
    told: int, days: int, revised: int, other_days: int
) -> None:
    first = published(told, medicine(days))
    later = published(told + revised, medicine(other_days, amount=10), before=first)
    for document in (first, later):
        found = document.items[0].course
        assert found is None or found.starts_on >= document.published_on
    kept = published(told + revised, medicine(days), before=first)
    if first.items[0].course and revised:
        assert kept.items[0].course == first.items[0].course


def test_nobody_is_asked_about_what_is_over_and_everybody_about_what_still_runs() -> None:
    document = published(10, wrap(2), medicine(7), starter_item("ex-walking", "e"))

    def asked(on: int) -> set[str]:
        return {item.component_code for item in questions_of(document, day(on)).items}

    assert asked(11) == {"ex-walking", "heat-wrap", CODE}
    assert asked(13) == {"ex-walking", CODE}
    assert asked(17) == {"ex-walking"}


def said_of(document: PlanDocument) -> str:
    (line,) = courses_in_words(document)
    return line


def test_the_clinician_reads_the_days_of_each_course() -> None:
    assert said_of(published(2, medicine())).endswith("from Wed 4 Mar 2026 to Tue 10 Mar 2026.")


def test_the_clinician_reads_what_a_course_does_at_the_end_of_its_phase() -> None:
    assert "but “Two weeks of walking” ends before" in said_of(published(10, wrap(5)))
    assert "after the last day of this plan, Sun 15 Mar 2026" in said_of(published(10, medicine()))


def test_the_clinician_reads_that_a_course_is_over_and_how_many_days_lie_behind() -> None:
    first = published(0, medicine())
    assert "its days were over on Sun 8 Mar 2026" in said_of(published(9, medicine(), before=first))
    again = published(9, medicine(key="again"), before=first)
    again = again.model_copy(update={"taken": taken_before(first, again)})
    assert "7 days of it lie behind the patient already." in said_of(again)


def test_an_older_document_counts_from_the_day_it_was_told() -> None:
    stored = canonical_data(published(10, medicine()))
    assert course(PlanDocument.model_validate(as_schema_1(stored))) == (10, 16)
    # Of a later version nobody knows when the item came in: never longer than decided.
    later = PlanDocument.model_validate(as_schema_1({**stored, "version_number": 2}))
    assert course(later) == (0, 6)


def test_an_older_document_reads_as_it_was_but_for_its_courses() -> None:
    document = starter_document()
    read = PlanDocument.model_validate(as_schema_1(canonical_data(document)))
    assert read.schema_number == 2
    assert {item.title for item in read.items} == {item.title for item in document.items}


def as_schema_1(data: dict[str, object]) -> dict[str, object]:
    """As it was stored before courses were frozen."""
    older = {name: value for name, value in data.items() if name not in ("taken", "text_language")}
    phases = []
    for phase in data["phases"]:  # type: ignore[attr-defined]
        items = [{name: value for name, value in item.items() if name != "course"} for item in phase["items"]]
        kept = {name: value for name, value in phase.items() if name != "text_language"}
        phases.append({**kept, "items": items})
    return {**older, "schema_number": 1, "phases": phases}
