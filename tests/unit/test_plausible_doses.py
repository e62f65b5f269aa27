"""Doses of medicines: more than the most asks for a reason, what cannot be meant is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from careplans.accounts.models import Clinic, User
from careplans.library.conditions import DoseCondition, condition_adapter
from careplans.library.dose import MedicineDose
from careplans.plans.drafting import add_item, change_item
from careplans.plans.freeze import freeze_draft
from careplans.plans.models import DraftItem
from careplans.plans.plausible import TIMES_THE_MOST, why_implausible
from careplans.plans.refusals import ImplausibleDose
from tests.factories import NOW
from tests.make.plans import component_of, make_draft
from tests.make.safety import COMPONENTS, RULES, STARTER, document, findings, item, phase

MEDICINES = [code for code, one in COMPONENTS.items() if isinstance(one.dose, MedicineDose)]


def dose(amount: object, unit: str = "mg", times_a_day: int = 1) -> MedicineDose:
    given = {"amount": amount, "unit": unit, "times_a_day": times_a_day, "course_days": 7}
    return MedicineDose.model_validate(given)


def why(code: str, given: MedicineDose) -> str:
    return why_implausible(given, title="Medicine", code=code, tags=frozenset(), rules=RULES)


def rules_on(code: str, given: MedicineDose) -> set[str]:
    found = findings(document(phase(item(code, **given.model_dump(mode="json")))))
    return {one.rule_code for one in found if one.rule_code.startswith("dose-")}


@pytest.mark.parametrize("code", MEDICINES)
def test_every_medicine_has_its_limits_with_a_source(code: str) -> None:
    [rule] = [one for one in RULES if code in one.components and one.code.startswith("dose-")]

    assert rule.severity == "stop"
    assert rule.source.startswith("label-")


def test_no_dose_of_the_library_passes_its_own_limit() -> None:
    given = [(one.code, one.dose) for one in STARTER.components]
    given += [
        (one.component, one.dose)
        for template in STARTER.templates
        for part in template.phases
        for one in part.items
        if one.dose
    ]
    for code, its_dose in given:
        if isinstance(its_dose, MedicineDose):
            assert rules_on(code, its_dose) == set(), code
            assert not why(code, its_dose), code


@pytest.mark.parametrize(
    ("amount", "times_a_day", "is_asked"),
    [("10", 3, False), ("10.5", 1, True), ("10", 4, True), ("30", 3, True), ("7.5", 4, False)],
)
def test_more_than_the_most_is_a_stop(amount: str, times_a_day: int, is_asked: bool) -> None:
    given = dose(amount, times_a_day=times_a_day)

    assert bool(rules_on("med-cyclobenzaprine", given)) is is_asked
    assert not why("med-cyclobenzaprine", given)


def test_five_grams_for_five_milligrams_is_refused() -> None:
    said = why("med-cyclobenzaprine", dose(5, "g", 3))

    assert said == ("Medicine is written in mg, not as 5 g. For a liquid, put the volume into the note.")


def test_a_lost_point_is_refused() -> None:
    said = why("med-diazepam", dose(50))

    assert "50 mg at a time, 50 mg a day, cannot be meant" in said
    assert "10 mg at a time and 40 mg a day" in said
    assert "Check the amount and the unit" in said


@pytest.mark.parametrize(
    ("given", "is_refused"),
    [(dose(1, "g", 4), False), (dose(4, "g", 4), True), (dose(3, "g", 4), False), (dose("3.5", "g"), True),
     (dose(500, "microgram"), True), (dose(5, "ml"), True)],
)  # fmt: skip
def test_paracetamol_may_be_written_in_grams(given: MedicineDose, is_refused: bool) -> None:
    assert bool(why("med-paracetamol", given)) is is_refused


def test_a_medicine_nobody_gave_limits_is_not_judged() -> None:
    assert not why("med-of-the-clinic", dose(5, "g"))


def test_millilitres_are_not_compared_with_a_weight() -> None:
    with pytest.raises(ValidationError, match="list them alone"):
        condition_adapter.validate_python(
            {"kind": "dose", "units": ["mg", "ml"], "most_each": 5, "most_a_day": 10}
        )


AMOUNTS = st.decimals("0.001", "9999", places=3)
UNITS = st.sampled_from(["mg", "g", "microgram", "ml"])


@given(AMOUNTS, UNITS, st.integers(1, 24))
def test_what_is_refused_is_always_asked_about(amount: Decimal, unit: str, times_a_day: int) -> None:
    """No dose is refused that the rule would not have named; and none passes by its unit."""
    limit = DoseCondition(units=("mg", "g"), most_each=Decimal(1000), most_a_day=Decimal(4000))
    given = dose(amount, unit, times_a_day)

    is_refused = bool(why("med-paracetamol", given))

    assert not is_refused or limit.is_exceeded_by(given)
    in_mg = given.each_in("mg")
    if unit in limit.units and in_mg is not None:
        assert is_refused is (in_mg > 1000 * TIMES_THE_MOST or in_mg * times_a_day > 4000 * TIMES_THE_MOST)
    else:
        assert is_refused


@given(AMOUNTS, st.sampled_from(["mg", "g", "microgram"]), st.sampled_from(["mg", "g", "microgram"]))
def test_another_unit_is_the_same_weight(amount: Decimal, one: str, other: str) -> None:
    there = dose(amount, one).each_in(other)  # type: ignore[arg-type]

    assert there is not None
    if Decimal("0.001") <= there <= 10000 and there == round(there, 3):
        assert dose(there, other).each_in(one) == amount  # type: ignore[arg-type]


def test_no_way_into_a_plan_takes_it(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician)
    version = component_of(clinic, "med-cyclobenzaprine")
    grams = dose(5, "g", 3)
    add = {"phase": draft.phases.first(), "component_version": version, "by": clinician, "now": NOW}

    with pytest.raises(ImplausibleDose, match="written in mg"):
        add_item(dose=grams, revision=1, **add)
    relaxant = add_item(dose=version.dose, revision=1, **add)
    with pytest.raises(ImplausibleDose):
        change_item(item=relaxant, dose=grams, note="", revision=2, by=clinician, now=NOW)
    relaxant.refresh_from_db()
    assert relaxant.dose == version.dose
    DraftItem.objects.filter(pk=relaxant.pk).update(dose_data=grams.model_dump(mode="json"))
    draft.refresh_from_db()
    with pytest.raises(ImplausibleDose):
        freeze_draft(draft=draft, revision=draft.revision, by=clinician, now=NOW)
