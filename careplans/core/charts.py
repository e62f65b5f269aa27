"""Course of a 0–10 score over time as inline SVG. Pure: the same points give the same bytes.

No answer is a gap, never a zero; zero is drawn at zero. The drawing stretches with the page and carries no
style attribute; the words stand beside it in HTML, and the same numbers follow as a table for screen readers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WIDTH = 1000
HEIGHT = 100
TOP_SCORE = 10

Point = tuple[date, int | None, int | None]
"""Day of the answer, score now, worst score; ``None`` where nothing was answered."""


@dataclass(frozen=True)
class Span:
    """The stretch of days a chart shows; both ends included."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Place of a day from 0 to ``WIDTH``; a single day stands in the middle."""
        days = (self.last - self.first).days
        return WIDTH / 2 if days == 0 else round((day - self.first).days / days * WIDTH, 1)

    def per_cent(self, day: date) -> int:
        return round(self.x(day) / WIDTH * 100)


def score_y(score: float) -> float:
    """Place of a score from the top: 10 at 0, 0 at ``HEIGHT``."""
    return round(HEIGHT - score / TOP_SCORE * HEIGHT, 1)


def runs(answers: Sequence[tuple[date, float | None]]) -> Iterator[list[tuple[date, float]]]:
    """Stretches of answers without a gap between them."""
    run: list[tuple[date, float]] = []
    for day, score in answers:
        if score is not None:
            run.append((day, score))
        elif run:
            yield run
            run = []
    if run:
        yield run


def line_path(answers: Sequence[tuple[date, float | None]], span: Span) -> str:
    """SVG path through the answers, lifted off the paper where one is missing."""
    parts = []
    for run in runs(answers):
        points = [f"{span.x(day):g} {score_y(score):g}" for day, score in run]
        parts.append("M" + "L".join(points))
    return "".join(parts)


def dots_path(answers: Sequence[tuple[date, float | None]], span: Span) -> str:
    """Strokes without length: with round caps they are round dots at any stretch of the drawing."""
    return "".join(f"M{span.x(day):g} {score_y(score):g}h.01" for day, score in answers if score is not None)


def _say(score: int | None) -> str:
    return _("no answer") if score is None else str(score)


def _description(points: Sequence[Point]) -> str:
    answered = [(day, now) for day, now, _worst in points if now is not None]
    if not answered:
        return _("No answers yet.")
    (first_day, first), (last_day, last) = answered[0], answered[-1]
    return _("%(first)s on %(first_day)s, %(last)s on %(last_day)s; %(answers)s of %(asked)s answered.") % {
        "first": first,
        "first_day": date_format(first_day, "j M"),
        "last": last,
        "last_day": date_format(last_day, "j M"),
        "answers": len(answered),
        "asked": len(points),
    }


def _span(points: Sequence[Point], others: Sequence[date]) -> Span:
    days = [point[0] for point in points] + list(others)
    return Span(min(days), max(days))


def pain_chart(
    points: Sequence[Point],
    *,
    title: str = "",
    expected: Sequence[tuple[date, float]] = (),
    phase_starts: Sequence[date] = (),
) -> SafeString:
    """Figure of pain 0–10: now as a line, worst as a dotted one, the expected course as a broad pale one."""
    if not points:
        return SafeString("")
    points = sorted(points, key=lambda point: point[0])
    span = _span(points, [day for day, _score in expected])
    now: list[tuple[date, float | None]] = [(day, score) for day, score, _worst in points]
    worst: list[tuple[date, float | None]] = [(day, score) for day, _now, score in points]
    # Places as text: numbers would be written with the language's decimal comma.
    context = {
        "title": title or _("Pain, 0 to 10"),
        "description": _description(points),
        "width": WIDTH,
        "height": HEIGHT,
        "grid": [f"{score_y(score):g}" for score in (10, 5)],
        "now_line": line_path(now, span),
        "now_dots": dots_path(now, span),
        "worst_line": line_path(worst, span),
        "worst_dots": dots_path(worst, span),
        "expected_line": line_path(list(expected), span),
        "gaps": [f"{span.x(day):g}" for day, score, _worst in points if score is None],
        "phases": [f"{span.x(day):g}" for day in phase_starts if span.first < day < span.last],
        "dates": [(span.per_cent(day), day) for day in _date_labels(span)],
        "rows": [(day, _say(score), _say(high)) for day, score, high in points],
        "has_worst": any(high is not None for _day, _now, high in points),
    }
    return render_to_string("_components/pain_chart.html", context)


def _date_labels(span: Span) -> list[date]:
    """First and last day, and the middle one when there is room for it."""
    if span.first == span.last:
        return [span.first]
    if (span.last - span.first).days < 6:
        return [span.first, span.last]
    return [span.first, span.first + (span.last - span.first) / 2, span.last]


def sparkline(points: Sequence[Point]) -> SafeString:
    """The course in a table row: a line of 96 × 24 px whose name says the scores."""
    if not points:
        return SafeString("")
    points = sorted(points, key=lambda point: point[0])
    span = _span(points, ())
    now: list[tuple[date, float | None]] = [(day, score) for day, score, _worst in points]
    said = ", ".join(_say(score) for _day, score, _worst in points)
    return format_html(
        '<svg class="sparkline" viewBox="-40 -20 1080 140" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="chart-zero" d="M0 100H1000"/><path class="chart-line" d="{}"/><path class="chart-dot" d="{}"/></svg>',
        _("Pain: %(scores)s") % {"scores": said},
        line_path(now, span),
        dots_path([answer for answer in now if answer[1] is not None][-1:], span),
    )
