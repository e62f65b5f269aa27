"""The starter library reads, hangs together, and a wrong file is named with its field.

That it holds all the clinical facts is held by ``test_clinical_facts.py`` and ``test_clinical_facts_safety.py``.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest
import yaml

from careplans.library.conditions import FactCondition, TogetherCondition
from careplans.library.dose import parse_dose
from careplans.library.starter_schema import (
    Category,
    ComponentFile,
    RuleFile,
    Starter,
    StarterError,
    TemplateFile,
    read_starter,
)
from patients.facts import FactCode

FOLDER = Path(__file__).parents[2] / "careplans" / "library" / "starter"


@pytest.fixture(scope="module")
def starter() -> Starter:
    return read_starter(FOLDER)


@pytest.fixture
def folder(tmp_path: Path, starter: Starter) -> Path:
    """A small starter library to break: one template, its components, the medicines, the first rules."""
    folder = shutil.copytree(FOLDER, tmp_path / "starter")
    acute = template(starter, "acute-spasm-after-therapy")
    needed = {item.component for phase in acute.phases for item in phase.items}
    for path in folder.glob("*/*.yaml"):
        if path.stem not in {acute.code, *needed} and not path.stem.startswith("med-"):
            path.unlink()
    rules = (folder / "rules.yaml").read_text(encoding="utf-8")
    (folder / "rules.yaml").write_text(rules.partition("# --- cyclobenzaprine")[0], encoding="utf-8")
    return folder


def component(starter: Starter, code: str) -> ComponentFile:
    return next(one for one in starter.components if one.code == code)


def template(starter: Starter, code: str) -> TemplateFile:
    return next(one for one in starter.templates if one.code == code)


# --- what there is ---


def test_there_are_components_of_every_category(starter: Starter) -> None:
    assert len(starter.components) >= 60
    assert {one.category for one in starter.components} == set(get_args(Category))


def test_acute_spasm_leaves_the_clinician_something_to_add(starter: Starter) -> None:
    acute = template(starter, "acute-spasm-after-therapy")
    assert [(phase.starts_on_day, phase.days) for phase in acute.phases] == [
        (0, 2),
        (2, 5),
        (7, 21),
        (28, 56),
    ]
    held = [{item.component for item in phase.items} for phase in acute.phases]
    assert all(5 <= len(codes) <= 8 for codes in held)
    assert "heat-wrap" in held[1]
    assert "heat-moist" not in held[1]
    assert "med-cyclobenzaprine" not in set().union(*held)


def test_acute_spasm_asks_on_day_one_day_seven_and_weekly_later(starter: Starter) -> None:
    acute = template(starter, "acute-spasm-after-therapy")
    days = {phase.starts_on_day + day for phase in acute.phases for day in phase.checkin_days}
    assert {1, 7, 14, 21, 28, 35} <= days


def test_surgery_template_keeps_its_own_heat_and_clearance_days(starter: Starter) -> None:
    surgery = template(starter, "after-spinal-surgery")
    assert surgery.cold_to_heat_day is not None
    assert surgery.clearance_day is not None
    for phase in surgery.phases:
        tags = {tag for item in phase.items for tag in component(starter, item.component).tags}
        if phase.starts_on_day < surgery.cold_to_heat_day:
            assert "heat" not in tags
        if phase.starts_on_day < surgery.clearance_day:
            assert not tags & {"loaded_bending", "twisting", "heavy_lifting"}


def test_cyclobenzaprine_starts_low_at_bedtime_for_a_week(starter: Starter) -> None:
    dose = component(starter, "med-cyclobenzaprine").dose.model_dump(mode="json")
    assert (dose["amount"], dose["unit"], dose["when"], dose["course_days"]) == ("5", "mg", "bedtime", 7)


def test_no_template_passes_21_days_of_cyclobenzaprine(starter: Starter) -> None:
    default = component(starter, "med-cyclobenzaprine").dose
    for one in starter.templates:
        items = [item for phase in one.phases for item in phase.items]
        courses = [item.dose or default for item in items if item.component == "med-cyclobenzaprine"]
        assert sum(dose.course_days for dose in courses if dose.kind == "medicine") <= 21


def test_every_dose_survives_being_stored(starter: Starter) -> None:
    items = (item for one in starter.templates for phase in one.phases for item in phase.items)
    doses = [one.dose for one in starter.components] + [item.dose for item in items if item.dose]
    for dose in doses:
        assert parse_dose(dose.model_dump(mode="json")) == dose


def test_red_flags_are_asked_as_plain_questions(starter: Starter) -> None:
    flags = starter.red_flags
    assert all(flag.texts["en"].question.endswith("?") for flag in flags)
    # The number is printed by the software, which knows the clinic's country.
    assert not any(char.isdigit() for flag in flags for char in flag.texts["en"].what_to_do)
    expected = {"emergency": "emergency number", "call_today": "Call the clinic today"}
    assert all(expected[flag.urgency] in flag.texts["en"].what_to_do for flag in flags)


# --- rules ---


def test_rules_ask_only_for_facts_that_exist(starter: Starter) -> None:
    asked = {
        code
        for rule in starter.rules
        for one in rule.when
        if isinstance(one, FactCondition)
        for code in one.any_of
    }
    assert asked <= set(FactCode.values)


def test_every_tag_a_rule_asks_for_is_carried_by_a_component(starter: Starter) -> None:
    asked = {tag for rule in starter.rules for tag in rule.tags}
    asked |= {
        tag
        for rule in starter.rules
        for one in rule.when
        if isinstance(one, TogetherCondition)
        for tag in one.tags
    }
    assert asked <= {tag for one in starter.components for tag in one.tags}


def rules_for(starter: Starter, code: str) -> list[RuleFile]:
    tags = set(component(starter, code).tags)
    return [rule for rule in starter.rules if code in rule.components or tags.intersection(rule.tags)]


def asks(rule: RuleFile, kind: str, asked: str) -> bool:
    """The rule rests on this one condition; a second one would narrow what the table says."""
    if [one.kind for one in rule.when] != [kind]:
        return False
    values = rule.when[0].model_dump(exclude={"kind"}).values()
    said = {str(part) for value in values for part in (value if isinstance(value, tuple) else (value,))}
    return not asked or asked in said


def test_allergy_to_any_medicine_of_the_library_stops_it(starter: Starter) -> None:
    for one in starter.components:
        name = one.code.removeprefix("med-")
        if one.category == "medicine":
            found = [rule for rule in rules_for(starter, one.code) if asks(rule, "allergy", name)]
            assert [rule.severity for rule in found] == ["stop"], one.code


# --- files that are wrong ---


def test_the_small_library_reads_before_it_is_broken(folder: Path) -> None:
    assert len(read_starter(folder).templates) == 1


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


TILT, ACUTE = "components/ex-pelvic-tilt.yaml", "templates/acute-spasm-after-therapy.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (TILT, "reps: 10", "reps: many", ["ex-pelvic-tilt.yaml", "dose.repetitions.reps"]),
        (TILT, "grade: not_graded", "grade: good", ["ex-pelvic-tilt.yaml", "grade"]),
        (TILT, "tags: [exercise]", "tags: [exercize]", ["ex-pelvic-tilt.yaml", "tags.0"]),
        (TILT, "picture: pelvic-tilt", "pikture: pelvic-tilt", ["ex-pelvic-tilt.yaml", "pikture"]),
        (TILT, "picture: pelvic-tilt", "grade: low", ["ex-pelvic-tilt.yaml", "grade stands twice"]),
        (TILT, "source: B5", "source: B9", ["ex-pelvic-tilt.yaml", "sources", "B9"]),
        (TILT, '"Pelvic tilt"', '" "', ["ex-pelvic-tilt.yaml", "texts.en.title"]),
        (TILT, "  en:", "  fr:", ["ex-pelvic-tilt.yaml", "texts", "English"]),
        (TILT, "code: ex-pelvic-tilt", "code: ex-bridge", ["ex-pelvic-tilt.yaml", "code", "ex-bridge"]),
        (TILT, "code: ex-pelvic-tilt", "code: [", ["ex-pelvic-tilt.yaml", "not valid YAML"]),
        (ACUTE, "component: heat-wrap", "component: heat-rap", [ACUTE, "first-48-hours.items", "heat-rap"]),
        (ACUTE, "component: ex-log-roll", "component: heat-wrap", [ACUTE, "heat-wrap stands twice"]),
        (ACUTE, "starts_on_day: 2", "starts_on_day: 3", [ACUTE, "days-2-to-7.starts_on_day"]),
        (ACUTE, "checkin_days: [1]", "checkin_days: [2]", [ACUTE, "phases.0", "checkin_days"]),
        # Longer than its phase, once by the phase's own dose and once by the component's.
        (
            ACUTE,
            "for_days: 2",
            "for_days: 5",
            [ACUTE, "first-48-hours.items", "heat-wrap", "5 days", "has 2"],
        ),
        (ACUTE, "component: nutr-water", "component: med-paracetamol", [ACUTE, "med-paracetamol", "has 2"]),
        (ACUTE, "kind: duration, minutes: 3, times_a_day: 5", "kind: advice", [ACUTE, "dose is advice"]),
        ("rules.yaml", "tags: [sedating]", "tags: []", ["rules.yaml", "sedating-drives", "tags"]),
        ("rules.yaml", "kind: fact, any_of", "kind: fact, all_of", ["rules.yaml", "when.0.fact.all_of"]),
        (
            "rules.yaml",
            "together, tags: [opioid]",
            "together, tags: [opium]",
            ["rules.yaml", "opium is no tag"],
        ),
        ("rules.yaml", "[med-diazepam]", "[med-valium]", ["rules.yaml", "components", "med-valium"]),
        (
            "rules.yaml",
            "code: sedating-two-together",
            "code: sedating-drives",
            ["rules.yaml", "stands twice"],
        ),
        (
            "red_flags.yaml",
            "urgency: emergency",
            "urgency: soon",
            ["red_flags.yaml", "saddle_numbness", "urgency"],
        ),
        ("red_flags.yaml", "source: usual-safety", "source: B0", ["red_flags.yaml", "saddle_numbness", "B0"]),
        ("sources.yaml", "published_on: 2025-10-04", "published_on: soon", ["sources.yaml", "published_on"]),
    ],
)
def test_a_wrong_file_is_named_with_its_field(
    folder: Path, file: str, old: str, new: str, said: list[str]
) -> None:
    change(folder / file, old, new)
    with pytest.raises(StarterError) as refusal:
        read_starter(folder)
    assert all(part in str(refusal.value) for part in said), refusal.value


@pytest.mark.parametrize("file", ["sources.yaml", "rules.yaml", "red_flags.yaml"])
def test_a_missing_or_empty_file_is_named(folder: Path, file: str) -> None:
    (folder / file).write_text("[]", encoding="utf-8")
    with pytest.raises(StarterError, match=f"{file}: must be a list"):
        read_starter(folder)
    (folder / file).unlink()
    with pytest.raises(StarterError, match=f"{file}: cannot be read"):
        read_starter(folder)


def test_no_text_of_the_files_is_empty(starter: Starter) -> None:
    for path in FOLDER.rglob("*.yaml"):
        for text in texts_of(yaml.safe_load(path.read_text(encoding="utf-8"))):
            assert text.strip(), path.name


def texts_of(data: object, *, key: str = "") -> list[str]:
    """Every text that a person reads: all but codes that may be left empty (picture, why of an item)."""
    if isinstance(data, dict):
        return [text for name, value in data.items() for text in texts_of(value, key=name)]
    if isinstance(data, list):
        return [text for value in data for text in texts_of(value, key=key)]
    return [data] if isinstance(data, str) and key != "picture" else []
