"""An allergy is found by the name people write down: a brand, a relative, a frequent misspelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.library.conditions import AllergyCondition
from tests.make.safety import COMPONENTS, RULES, document, findings, item, phase, severities


def is_stopped(code: str, allergy: str) -> bool:
    return "stop" in severities(findings(document(phase(item(code))), allergies=(allergy,)), code)


@pytest.mark.parametrize(
    ("code", "allergy"),
    [
        ("med-ibuprofen", "Nurofen"),
        ("med-naproxen", "Advil gave her hives"),
        ("med-ibuprofen", "ibuprophen"),
        ("med-ibuprofen", "all anti inflammatories"),
        ("heat-wrap", "elastoplast"),
        ("adj-tens", "Band Aid"),
        ("heat-wrap", "BANDAIDS"),
        ("med-paracetamol", "Tylenol"),
        ("med-paracetamol", "Doliprané"),
        ("med-diazepam", "Valium (rash)"),
        ("med-baclofen", "Lioresal"),
        ("med-pregabalin", "Lyrica"),
        ("med-opioid", "Oxy-Contin"),
        ("med-cyclobenzaprine", "Flexeril"),
        ("proc-trigger-point-injection", "Xylocaine"),
        ("proc-botulinum", "Botox"),
    ],
)
def test_a_brand_or_another_spelling_is_found(code: str, allergy: str) -> None:
    assert is_stopped(code, allergy)


@pytest.mark.parametrize("allergy", ["penicillin", "bee stings", "cat hair", "strawberries", "iodine"])
@pytest.mark.parametrize(
    "code", ["med-ibuprofen", "heat-wrap", "med-paracetamol", "med-opioid", "adj-herbal"]
)
def test_what_has_nothing_to_do_with_it_is_not(code: str, allergy: str) -> None:
    assert not is_stopped(code, allergy)


NAMES = [
    (code, name)
    for rule in RULES
    for condition in rule.when
    if isinstance(condition, AllergyCondition)
    for code in sorted(COMPONENTS)
    if code in rule.components or rule.tags.intersection(COMPONENTS[code].tags)
    for name in (*condition.materials, *condition.also_called)
]


@given(st.sampled_from(NAMES), st.sampled_from([str.upper, str.title, str.lower]), st.sampled_from("- ./"))
def test_no_name_depends_on_case_or_signs(place: tuple[str, str], case: object, sign: str) -> None:
    code, name = place
    written = case(name[:2] + sign + name[2:])  # type: ignore[operator]

    assert is_stopped(code, f"({written}), since childhood")


def test_names_are_long_enough_not_to_be_found_by_chance() -> None:
    assert [name for _code, name in NAMES if len(name) < 3] == []
