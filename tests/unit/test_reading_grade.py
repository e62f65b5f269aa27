"""The reading grade of a text: the formula, lists without full stops, and short texts that say nothing."""

from __future__ import annotations

from careplans.library.reading import FEWEST_WORDS, HIGHEST_GRADE, reading_grade

PLAIN = (
    "Lie on your back with your knees bent. Hold for three counts. Let go and rest. Do it ten times each day."
)
HARD = (
    "Individually prescribed neuromuscular re-education interventions systematically facilitate appropriate "
    "co-ordination of lumbopelvic stabilisation musculature, thereby ameliorating functional disability associated "
    "with persistent paravertebral hypertonicity."
)


def test_the_figure_is_that_of_the_formula() -> None:
    # 23 words, 2 sentences, 23 syllables: 0.39 x 11.5 + 11.8 x 1 - 15.59 is 0.695.
    text = "Go for a walk in the park and back home at night if you can. Rest when it hurts and then go on."

    assert reading_grade(text) == 0.7


def test_plain_words_are_easy_and_hard_ones_are_not() -> None:
    plain, hard = reading_grade(PLAIN), reading_grade(HARD)

    assert plain is not None
    assert hard is not None
    assert 0 <= plain < HIGHEST_GRADE < hard


def test_each_line_is_a_sentence_of_its_own() -> None:
    assert reading_grade(PLAIN.replace(". ", "\n")) == reading_grade(PLAIN)
    assert reading_grade(PLAIN.replace(". ", "\n\n")) == reading_grade(PLAIN)


def test_a_few_words_have_no_grade() -> None:
    assert reading_grade("") is None
    assert reading_grade(" \n ") is None
    assert reading_grade("word " * (FEWEST_WORDS - 1)) is None
    assert reading_grade("word " * FEWEST_WORDS) is not None
