"""The starter library held against the clinical facts it is built from, row by row.

The rows stand in ``tests/clinical_facts``; the safety rows have a test of their own, ``test_clinical_facts_safety.py``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from careplans.accounts.models import Clinic
from careplans.checkins.forms.fields import first_fields, second_fields
from careplans.checkins.questions import questions_of
from careplans.checkins.scoring import Before, Said, is_worse, signals_of
from careplans.checkins.tiers import Tier
from careplans.library.dose import MedicineDose
from careplans.library.reading import HIGHEST_GRADE, reading_grade
from careplans.library.starter_schema import ComponentFile, TemplateFile
from careplans.workshop.component_page import component_page
from patients.models import Episode
from tests.make.documents import RED_FLAGS
from tests.make.plans import component_of
from tests.make.safety import COMPONENTS, STARTER, TODAY, document, item, phase

FOLDER = Path(__file__).parents[1] / "clinical_facts"
SOURCES = {source.code for source in STARTER.sources}
TEMPLATES = {template.code: template for template in STARTER.templates}
FLAGS = {flag.code: flag for flag in STARTER.red_flags}


def table(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


ROWS: list[dict[str, Any]] = table("components")
EXERCISES: list[str] = table("exercises")
FOLLOW_UP: dict[str, Any] = table("follow_up")
ALL = pytest.mark.parametrize("code", sorted(COMPONENTS))

# --- components ---


def patient_text(component: ComponentFile) -> str:
    text = component.texts["en"]
    return "\n".join([text.why, *text.steps, text.feel, text.watch_for, text.stop_if])


def said_at(component: ComponentFile, place: str) -> str:
    """What the library says at that place: its own words, those to the patient, or those of a source."""
    if place == "patient":
        said = patient_text(component)
    elif place == "text":
        said = "\n".join([component.effect_text, component.clinician_text, *component.cautions])
    else:
        said = "\n".join(one.says for one in component.sources if one.source == place)
    return said.lower()


@pytest.mark.parametrize("row", ROWS, ids=[row["code"] for row in ROWS])
def test_a_component_of_the_facts_is_there(row: dict[str, Any]) -> None:
    component = COMPONENTS[row["code"]]
    dose = component.dose.model_dump(mode="json")

    assert (component.category, component.grade, component.effect) == (
        row["category"],
        row["grade"],
        row["effect"],
    )
    assert dose["kind"] == row["dose"]["kind"]
    assert all(dose[field] for field in row["dose"]["fields"])
    assert dose.items() >= row["dose"].get("values", {}).items()


FACTS = [
    (row["code"], place, words)
    for row in ROWS
    for fact in row["facts"]
    for place, words in fact.items()
]  # fmt: skip


@pytest.mark.parametrize(("code", "place", "words"), FACTS)
def test_a_fact_stands_where_it_belongs(code: str, place: str, words: str) -> None:
    in_order = ".*?".join(re.escape(part) for part in words.split(" | "))

    assert re.search(in_order, said_at(COMPONENTS[code], place), re.DOTALL)


@pytest.mark.parametrize("code", EXERCISES)
def test_a_named_exercise_is_drawn_from_start_to_end(code: str) -> None:
    exercise = COMPONENTS[code]

    assert exercise.category == "exercise"
    assert exercise.picture == code.removeprefix("ex-")
    assert exercise.clinician_text.startswith("Start: ")
    assert "End: " in exercise.clinician_text


@ALL
def test_a_component_has_source_grade_and_effect(code: str) -> None:
    component = COMPONENTS[code]

    assert component.sources
    assert {one.source for one in component.sources} <= SOURCES
    assert component.grade
    assert component.effect
    assert component.effect_text
    assert component.clinician_text


@ALL
def test_a_number_of_our_own_says_that_it_is(code: str) -> None:
    """What no source gives is named in the text and marked as the library's own."""
    component = COMPONENTS[code]
    says_so = "our own" in component.clinician_text
    marked = any(one.source == "usual-safety" and "our own" in one.says for one in component.sources)

    if component.dose.kind != "advice":
        assert says_so
        assert marked


@ALL
def test_the_patient_text_reads_easily(code: str) -> None:
    grade = reading_grade(patient_text(COMPONENTS[code]))

    assert grade is not None
    assert grade <= HIGHEST_GRADE


@pytest.mark.parametrize("code", [one.code for one in STARTER.components if one.effect == "disputed"])
def test_where_sources_disagree_the_page_shows_both_sides(code: str, clinic: Clinic) -> None:
    titles = {source.code: source.title for source in STARTER.sources}
    page = component_page(component_of(clinic, code), titles, frozenset())
    sides = [line for side in page.sides for line in side.sources]
    offers = [line for line in sides if line.says.startswith("Offers")]
    doubts = [line for line in sides if line.says.startswith(("No ", "Gives no"))]

    assert [line.code for line in offers] == ["B1"]
    assert [line.code for line in doubts] == ["B2", "B4"]
    assert all(line.title for line in sides)
    assert "Disputed: " in page.version.effect_text


def test_only_these_are_disputed_or_without_benefit() -> None:
    by_effect = {
        effect: sorted(one.code for one in STARTER.components if one.effect == effect)
        for effect in ("disputed", "no_benefit_shown")
    }

    assert by_effect == {
        "disputed": ["adj-tens", "adj-ultrasound"],
        "no_benefit_shown": ["adj-lumbar-support", "adj-traction"],
    }


# --- what the patient texts say of danger and of doses ---

SEDATING = sorted(code for code, one in COMPONENTS.items() if "sedating" in one.tags)
NSAIDS = sorted(code for code, one in COMPONENTS.items() if "nsaid" in one.tags)
# Without saying whom.
CALL_NOBODY = re.compile(
    r"call at once|call for help|get (urgent )?help|emergency help|call us|the same day, call"
)


def patient_lines() -> list[tuple[str, str]]:
    """Each English line that is about danger, of components and of templates, with where it stands."""
    lines = [
        (code, line)
        for code, one in COMPONENTS.items()
        for line in (one.texts["en"].watch_for, one.texts["en"].stop_if)
    ]
    for code, template in TEMPLATES.items():
        lines += [
            (f"{code}: {one.code}", line)
            for one in template.phases
            for line in one.texts["en"].step_back_when
        ]
    return lines


def test_nobody_is_told_to_get_help_without_whom_to_call() -> None:
    assert [(place, line) for place, line in patient_lines() if CALL_NOBODY.search(line.lower())] == []


@pytest.mark.parametrize(
    "sign",
    [
        "genitals",
        "urine or stool",
        "in both legs",
        "leg gets weak",
        "hard to wake",
        "chest hurts",
        "hard to breathe",
    ],
)
def test_what_the_red_flags_call_an_emergency_is_one_in_every_text(sign: str) -> None:
    found = [(place, line) for place, line in patient_lines() if sign in line.lower()]

    assert found
    assert [one for one in found if "emergency number" not in one[1]] == []


@pytest.mark.parametrize("code", SEDATING)
def test_a_medicine_that_makes_sleepy_says_no_alcohol_and_no_driving(code: str) -> None:
    steps = "\n".join(COMPONENTS[code].texts["en"].steps).lower()

    assert all(word in steps for word in ("alcohol", "driv", "machines"))
    assert "hard to wake" in COMPONENTS[code].texts["en"].stop_if


def test_medicines_of_a_class_ask_and_warn_the_same() -> None:
    for codes in (NSAIDS, ["med-gabapentin", "med-pregabalin"]):
        for language in ("en", "es", "tr", "ar"):
            texts = [COMPONENTS[code].texts[language] for code in codes]
            assert len({(one.steps[0], one.watch_for, one.stop_if) for one in texts}) == 1


@ALL
def test_a_step_leaves_to_the_dose_how_long_to_hold(code: str) -> None:
    """A clinician changes the dose, and a step that counts would say something else."""
    held_for = getattr(COMPONENTS[code].dose, "hold_seconds", None)
    steps = " ".join(COMPONENTS[code].texts["en"].steps).lower()

    if held_for:
        assert not re.search(r"\bcounts?\b|\bseconds\b", steps)
    if COMPONENTS[code].dose.kind in ("thermal", "duration"):
        assert "minutes" not in steps


# --- red flags ---


def test_these_are_the_red_flags() -> None:
    assert [row["code"] for row in table("red_flags")] == list(FLAGS)


@pytest.mark.parametrize("row", table("red_flags"), ids=lambda row: row["code"])
def test_a_red_flag_is_asked_plainly_and_is_urgent(row: dict[str, Any]) -> None:
    flag = FLAGS[row["code"]]
    text = flag.texts["en"]
    signals = signals_of(Said(red_flags={flag.code: True}), before=Before(), threshold=7)

    assert (flag.asked, flag.urgency) == (row["asked"], row["urgency"])
    assert flag.source in SOURCES
    assert all(word in text.question.lower() for word in row["words"])
    assert "now" in text.what_to_do or "today" in text.what_to_do
    assert [signal.tier for signal in signals] == [Tier.RED_FLAG]
    grade = reading_grade(f"{text.question}\n{text.sign}\n{text.what_to_do}")
    assert grade is not None
    assert grade <= HIGHEST_GRADE


# --- templates ---

TEMPLATE_ROWS = [(row, number) for row in table("templates") for number in range(len(row["phases"]))]


@pytest.mark.parametrize("row", table("templates"), ids=lambda row: row["code"])
def test_a_template_has_its_phases_and_its_anchor(row: dict[str, Any]) -> None:
    template = TEMPLATES[row["code"]]

    assert template.anchor == row["anchor"]
    assert set(row["sources"]) <= {one.source for one in template.sources} <= SOURCES
    assert [one.code for one in template.phases] == [one["code"] for one in row["phases"]]
    assert any(one.source == "usual-safety" and "our own" in one.says for one in template.sources)


def test_there_is_no_other_template() -> None:
    assert {row["code"] for row in table("templates")} == set(TEMPLATES)


@pytest.mark.parametrize(
    ("row", "number"),
    TEMPLATE_ROWS,
    ids=[f"{row['code']}-{row['phases'][number]['code']}" for row, number in TEMPLATE_ROWS],
)
def test_a_phase_holds_what_it_must(row: dict[str, Any], number: int) -> None:
    wanted, held = row["phases"][number], TEMPLATES[row["code"]].phases[number]
    words = held.texts["en"]
    components = {one.component for one in held.items}

    assert held.starts_on_day == wanted.get("starts_on_day", held.starts_on_day)
    assert held.days == wanted.get("days", held.days)
    assert set(wanted["holds"]) <= components
    assert not components & set(wanted.get("never", ()))
    assert all(word in " ".join(words.avoid).lower() for word in wanted.get("avoid", ()))
    assert words.aims
    assert words.avoid
    assert words.move_on_when
    assert words.step_back_when
    assert held.checkin_days
    assert held.criteria.model_dump(exclude_defaults=True)


@pytest.mark.parametrize("code", sorted(TEMPLATES))
def test_what_a_template_tells_the_patient_reads_easily(code: str) -> None:
    template = TEMPLATES[code]
    lines = [template.texts["en"].for_patient]
    for one in template.phases:
        words = one.texts["en"]
        lines += [*words.aims, *words.avoid, *words.move_on_when, *words.step_back_when]
    grade = reading_grade("\n".join(lines))

    assert grade is not None
    assert grade <= HIGHEST_GRADE


def test_mind_and_body_is_left_to_the_patients_choice() -> None:
    step_1 = TEMPLATES["chronic-back-pain-with-spasm"].phases[0]
    (relaxation,) = [one for one in step_1.items if one.component == "mind-relaxation"]

    assert "By your choice" in relaxation.why


# --- follow-up ---


def checkin_days(template: TemplateFile) -> list[int]:
    return [one.starts_on_day + day for one in template.phases for day in one.checkin_days]


def test_a_check_in_asks_all_of_it() -> None:
    plan = document(phase(item("ex-bridge"), item("heat-wrap"), item("med-cyclobenzaprine")))
    questions = questions_of(plan.model_copy(update={"red_flags": RED_FLAGS}), TODAY)
    names = [name for name, _field in (*first_fields(questions), *second_fields(questions))]

    assert set(FOLLOW_UP["asked"]) <= set(names)
    assert {f"flag_{flag.code}" for flag in RED_FLAGS} <= set(names)
    assert {"done_ex-bridge", "done_heat-wrap", "done_med-cyclobenzaprine"} <= set(names)


@pytest.mark.parametrize(
    ("code", "effect"), [(code, row["is"]) for row in FOLLOW_UP["side_effects"] for code in row["of"]]
)
def test_a_side_effect_is_asked_for_where_it_can_come(code: str, effect: str) -> None:
    def asked(component: str) -> set[str]:
        plan = document(phase(item(component)))
        return set(questions_of(plan.model_copy(update={"red_flags": ()}), TODAY).side_effects)

    assert effect in asked(code)
    assert effect not in asked("nutr-water")


@pytest.mark.parametrize("row", FOLLOW_UP["worse"], ids=lambda row: f"{row['before']}-to-{row['now']}")
def test_which_rise_of_pain_matters(row: dict[str, Any]) -> None:
    assert is_worse(row["now"], row["before"]) is row["is"]


def test_these_contributors_can_be_recorded() -> None:
    assert Episode.Contributor.values == FOLLOW_UP["contributors"]


@pytest.mark.parametrize("within", FOLLOW_UP["sooner_and_more_often"]["within_days"])
def test_after_surgery_the_patient_is_asked_sooner_and_more_often(within: int) -> None:
    code = FOLLOW_UP["sooner_and_more_often"]["template"]
    days = {one.code: checkin_days(one) for one in STARTER.templates}
    asked = {name: len([day for day in found if day < within]) for name, found in days.items()}

    assert min(days[code]) == min(min(found) for found in days.values())
    assert all(asked[code] > asked[other] for other in asked if other != code)


def test_every_medicine_of_a_template_has_a_last_day() -> None:
    doses = [
        one.dose or COMPONENTS[one.component].dose
        for template in STARTER.templates
        for held in template.phases
        for one in held.items
        if COMPONENTS[one.component].category == "medicine"
    ]

    assert doses
    assert all(isinstance(dose, MedicineDose) and dose.course_days for dose in doses)
