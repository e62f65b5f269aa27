"""The pure rules: ages, names, text, dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.core.refusals import Refusal
from careplans.core.text import DIRECTION_OVERRIDES, plain_line
from patients import rules
from patients.facts import FACT_GROUPS, FactCode
from patients.names import fold_name, is_same_name
from tests.make.patient_forms import HOSTILE_LINES

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2000, 2, 29), date(2001, 2, 28), 0),
        (date(2000, 2, 29), date(2001, 3, 1), 1),
        (date(2000, 2, 29), date(2004, 2, 28), 3),
        (date(2000, 2, 29), date(2004, 2, 29), 4),
        (date(1960, 3, 2), TODAY, 66),
        (date(1960, 3, 3), TODAY, 65),
        (TODAY, TODAY, 0),
        (date(1906, 3, 2), TODAY, 120),
        (date(1, 1, 1), date(9999, 12, 31), 9998),
    ],
)
def test_age_in_completed_years(born: date, day: date, age: int) -> None:
    assert rules.age_on(born, day) == age


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 40_000))
def test_age_never_falls_as_days_pass(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    assert 0 <= rules.age_on(born, day) <= rules.age_on(born, day + timedelta(days=1))


def test_birth_date_between_today_and_120_years_ago() -> None:
    assert rules.check_birth_date(TODAY, TODAY) == TODAY
    assert rules.check_birth_date(date(1905, 3, 3), TODAY) == date(1905, 3, 3)
    for wrong in (TODAY + timedelta(days=1), date(1905, 3, 2), date(1, 1, 1), date(9999, 12, 31)):
        with pytest.raises(rules.NotAcceptable):
            rules.check_birth_date(wrong, TODAY)


@pytest.mark.parametrize("line", HOSTILE_LINES)
def test_hostile_names_are_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(Refusal, match=r"\.$"):
        rules.clean_name(line)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana  ", "Ana"),
        ("Ana\n", "Ana"),
        ("Jose\u0301", "José"),
        ("Anna  Maria", "Anna Maria"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("O’Neil-d'Arc", "O’Neil-d'Arc"),
    ],
)
def test_names_are_stripped_and_composed(typed: str, kept: str) -> None:
    assert rules.clean_name(typed) == kept


@pytest.mark.parametrize("nothing", ["", "   ", "-", "123", "\u200d"])
def test_a_name_has_a_letter(nothing: str) -> None:
    with pytest.raises(rules.NotAcceptable):
        rules.clean_name(nothing)


@given(st.text())
def test_a_kept_line_is_one_line_without_tricks_and_stays_the_same(text: str) -> None:
    try:
        line = plain_line(text)
    except Refusal:
        return
    assert plain_line(line) == line
    assert not DIRECTION_OVERRIDES & set(line)
    assert "\0" not in line
    assert len(line.splitlines()) <= 1


@pytest.mark.parametrize("number", ["1", "CP-20418", "2024/17 b", "Ä.1_#2"])
def test_record_numbers_as_clinics_write_them(number: str) -> None:
    assert rules.clean_record_number(number) == number


@pytest.mark.parametrize("number", ["", "=1+1", "@x", "+1", "a\tb", "<b>", "1 ;2", "x" * 41])
def test_record_numbers_hold_no_formula_and_no_markup(number: str) -> None:
    with pytest.raises(Refusal):
        rules.clean_record_number(number)


@pytest.mark.parametrize("phone", ["", "+44 20 7946 0123", "(020) 7946-0123 ext 4", "020/123.45", "999"])
def test_phone_numbers(phone: str) -> None:
    assert rules.clean_phone(phone) == phone


@pytest.mark.parametrize("phone", ["call me", "+", "tel:1;ext=2", "12a34"])
def test_phones_without_a_number_are_refused(phone: str) -> None:
    with pytest.raises(rules.NotAcceptable):
        rules.clean_phone(phone)


@pytest.mark.parametrize(
    ("surgery", "on"),
    [("fusion", None), ("", TODAY), ("fusion", date(1950, 1, 1)), ("fusion", TODAY + timedelta(days=366))],
)
def test_surgery_has_type_and_a_possible_date(surgery: str, on: date | None) -> None:
    with pytest.raises(rules.NotAcceptable):
        rules.check_surgery(surgery, on, birth_date=date(1960, 1, 1), today=TODAY)


def test_surgery_may_lie_ahead() -> None:
    rules.check_surgery("fusion", TODAY + timedelta(days=30), birth_date=date(1960, 1, 1), today=TODAY)


def test_materials_once_each_whatever_their_case() -> None:
    assert rules.split_materials("latex, Ibuprofen; LATEX,, ") == ["latex", "Ibuprofen"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ayşe", "Çelik"), ("ayse", "celik")),
        (("Işık", "Şahin"), ("isik", "sahin")),
        (("Anna Maria", "Ó Néill"), ("annamaria", "o neill")),
        (("Ana", "Pires"), ("Pires", "Ana")),
        (("Sean", "O’Brien"), ("SEAN", "O'Brien")),
        (("Jürgen", "Groß"), ("Jurgen", "GROSS")),
        (("Łukasz", "Sørensen"), ("Lukasz", "Sorensen")),
        (("Anne-Marie", "Roux"), ("Anne Marie", "Roux")),
        (("أحمد", "حداد"), ("احمد", "حداد")),
    ],
)
def test_one_name_in_two_spellings(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert is_same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(("Ana", "Pires"), ("Ana", "Perez")), (("Ana", "Pires"), ("Anna", "Pires")), (("A", "B"), ("A", "A"))],
)
def test_two_names(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not is_same_name(one, other)


latin_names = st.text(
    st.sampled_from("abcçdeéfgğıijklñoöøpqrsştuüvwxyzßæ -'"), min_size=1, max_size=20
).filter(lambda name: any(letter.isalpha() for letter in name))


@given(latin_names, latin_names)
def test_a_name_is_itself_in_any_case_order_and_spacing(given_name: str, family_name: str) -> None:
    name = (given_name, family_name)
    assert is_same_name(name, name)
    assert is_same_name(name, (family_name, given_name))
    assert is_same_name(name, (f"  {given_name} ", family_name.replace(" ", "  ")))
    assert is_same_name(name, (given_name.title().replace("I", "İ"), family_name))


@given(latin_names, latin_names, latin_names, latin_names)
def test_likeness_works_both_ways(a: str, b: str, c: str, d: str) -> None:
    assert is_same_name((a, b), (c, d)) == is_same_name((c, d), (a, b))


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


def test_every_fact_stands_in_exactly_one_group() -> None:
    grouped = [code for group in FACT_GROUPS for code in group.facts]
    assert sorted(grouped) == sorted(code for code in FactCode if code != FactCode.ALLERGY)
