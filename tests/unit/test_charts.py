"""The course of pain: zero is drawn at zero, no answer is a gap."""

from __future__ import annotations

from datetime import date

from django.utils import translation

from careplans.core.charts import Span, dots_path, line_path, pain_chart, score_y, sparkline

FIRST, SECOND, THIRD = date(2026, 11, 1), date(2026, 11, 6), date(2026, 11, 11)
SPAN = Span(FIRST, THIRD)


def test_zero_stands_at_the_bottom_and_ten_at_the_top() -> None:
    assert score_y(0) == 100
    assert score_y(10) == 0


def test_a_missing_answer_breaks_the_line() -> None:
    assert line_path([(FIRST, 5), (SECOND, None), (THIRD, 0)], SPAN) == "M0 50M1000 100"


def test_answers_beside_each_other_are_joined() -> None:
    assert line_path([(FIRST, 10), (SECOND, 5), (THIRD, 0)], SPAN) == "M0 0L500 50L1000 100"


def test_a_missing_answer_has_no_dot() -> None:
    assert dots_path([(FIRST, None), (THIRD, 0)], SPAN) == "M1000 100h.01"


def test_a_single_day_stands_in_the_middle() -> None:
    assert Span(FIRST, FIRST).x(FIRST) == 500


def test_the_table_says_no_answer_and_zero_apart() -> None:
    html = pain_chart([(FIRST, 0, 3), (SECOND, None, None)])
    assert "<td>0</td>" in html
    assert "<td>no answer</td>" in html


def test_the_drawing_is_the_same_with_a_decimal_comma() -> None:
    points = [(FIRST, 7, 8), (SECOND, None, None), (THIRD, 3, 4)]
    with translation.override("es"):
        assert 'd="M500 100v-9"' in pain_chart(points)


def test_no_style_attribute_is_written() -> None:
    assert " style=" not in pain_chart([(FIRST, 7, 8), (THIRD, 3, 4)])


def test_no_points_draw_nothing() -> None:
    assert pain_chart([]) == ""
    assert sparkline([]) == ""


def test_sparkline_says_its_scores() -> None:
    assert 'aria-label="Pain: 7, no answer, 0"' in sparkline(
        [(FIRST, 7, None), (SECOND, None, None), (THIRD, 0, None)]
    )
