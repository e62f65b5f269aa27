"""The phases of a plan as one drawn line: bars in proportion, check-ins as dots. Pure.

Words stand below it in the document, so the drawing holds none but the numbers of the parts.
"""

from __future__ import annotations

from datetime import date, timedelta

from careplans.plans.document import PlanDocument

WIDTH, HEIGHT = 714.0, 46.0
_BAR_TOP, _BAR_HEIGHT = 4.0, 24.0
_LEAST_WIDTH = 24.0


def timeline_svg(document: PlanDocument, *, ink: str, is_rtl: bool) -> str:
    """SVG of the whole plan; runs from right to left for languages that do."""
    edges = _edges(document)
    shapes = [
        _bar(number, _span(edges, number, is_rtl=is_rtl), ink, is_open=phase.starts == "by_decision")
        for number, phase in enumerate(document.phases, start=1)
    ]
    shapes += [_dot(_place(document, edges, check_in.due_on), is_rtl) for check_in in document.check_ins]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'width="{WIDTH:g}" height="{HEIGHT:g}">{"".join(shapes)}</svg>'
    )


def _edges(document: PlanDocument) -> list[float]:
    """Left edge of each phase and the right edge of the last: by days, none too narrow for its number."""
    days = [max((phase.ends_on - phase.starts_on).days + 1, 1) for phase in document.phases]
    room = max(WIDTH - _LEAST_WIDTH * len(days), 0)
    edges = [0.0]
    for number in days:
        edges.append(edges[-1] + min(_LEAST_WIDTH, WIDTH / len(days)) + room * number / sum(days))
    return edges


def _place(document: PlanDocument, edges: list[float], day: date) -> float | None:
    """Where the middle of a day lies; None outside the plan."""
    for index, phase in enumerate(document.phases):
        if phase.starts_on <= day <= phase.ends_on:
            days = (phase.ends_on - phase.starts_on + timedelta(days=1)).days
            share = ((day - phase.starts_on).days + 0.5) / days
            return edges[index] + (edges[index + 1] - edges[index]) * share
    return None


def _span(edges: list[float], number: int, *, is_rtl: bool) -> tuple[float, float]:
    """Left edge and width of a bar, with a gap to the next."""
    left, right = edges[number - 1], edges[number]
    width = max(right - left - 3, 1)
    return (WIDTH - left - width if is_rtl else left), width


def _bar(number: int, span: tuple[float, float], ink: str, *, is_open: bool) -> str:
    x, width = span
    middle = x + width / 2
    shade = 0 if is_open else 1
    line = f'stroke="{ink}" stroke-width="1.5" stroke-dasharray="5 3"' if is_open else ""
    text = ink if is_open else "#ffffff"
    return (
        f'<rect x="{x + 0.75:.2f}" y="{_BAR_TOP}" width="{max(width - 1.5, 0.5):.2f}" height="{_BAR_HEIGHT}" rx="4" '
        f'fill="{ink}" fill-opacity="{shade}" {line}/>'
        f'<text x="{middle:.2f}" y="{_BAR_TOP + 17}" text-anchor="middle" font-family="Handout Latin" '
        f'font-size="14" font-weight="700" fill="{text}">{number}</text>'
    )


def _dot(place: float | None, is_rtl: bool) -> str:
    if place is None:
        return ""
    x = WIDTH - place if is_rtl else place
    return f'<circle cx="{x:.2f}" cy="38" r="3.6" fill="#16262b"/>'
