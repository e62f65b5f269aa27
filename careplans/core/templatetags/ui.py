"""Tags of the visual language: icons, severities, forms, the plan's timeline, the course of pain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.utils import render_crispy_form
from django import template
from django.forms import BaseForm, BoundField, widgets
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from careplans.core import charts
from careplans.core.crispy import helper_for
from careplans.core.icons import icon_svg
from careplans.core.timeline import Mark, PhaseSpan, Timeline, lay_out

register = template.Library()

# value → (icon, word); the colours stand in components.css under .severity-* and .tier-*
SEVERITIES = {
    "stop": ("x-octagon-fill", _("Stop")),
    "caution": ("exclamation-triangle-fill", _("Caution")),
    "inform": ("info-circle-fill", _("For information")),
}
# value → (icon, word, strength)
ALERT_TIERS = {
    "red_flag": ("flag-fill", _("Red flag"), "urgent"),
    "threshold": ("thermometer-high", _("Over threshold"), "caution"),
    "worsening": ("graph-up-arrow", _("Worse"), "caution"),
    "side_effect": ("capsule", _("Side effect"), "caution"),
    "silence": ("hourglass-split", _("No answer"), "inform"),
    "wants_call": ("telephone-inbound-fill", _("Wants a call"), "inform"),
}


@register.simple_tag
def icon(name: str, extra_class: str = "", label: str = "") -> SafeString:
    """``{% icon "clock" %}``; give a label only where no word stands beside it."""
    return icon_svg(name, extra_class, label)


@register.simple_tag
def severity(value: str) -> SafeString:
    """``{% severity finding.severity %}``: the tag of a finding, icon and word."""
    symbol, word = SEVERITIES[str(value)]
    return format_html('<span class="tag severity severity-{}">{}{}</span>', value, icon_svg(symbol), word)


@register.simple_tag
def alert_tier(value: str) -> SafeString:
    """``{% alert_tier alert.tier %}``: the tag of an alert, icon and word."""
    symbol, word, strength = ALERT_TIERS[str(value)]
    return format_html('<span class="tag tier tier-{}">{}{}</span>', strength, icon_svg(symbol), word)


@register.filter
def initials(name: str) -> str:
    """First letters of the first and last word of a name."""
    words = str(name).split()
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper()


@register.simple_tag
def fields(form: BaseForm) -> SafeString:
    """``{% fields form %}``: all fields by the shared helper, or by the form's own ``helper``."""
    return SafeString(render_crispy_form(form, helper=helper_for(form)))


@register.filter
def widget_kind(field: BoundField) -> str:
    """How ``_components/field.html`` sets out a field: one box, one tick, several choices."""
    widget = field.field.widget
    if isinstance(widget, widgets.CheckboxSelectMultiple | widgets.RadioSelect):
        return "choices"
    return "tick" if isinstance(widget, widgets.CheckboxInput) else "box"


@register.filter
def options(field: BoundField) -> list[Any]:
    """The single choices of a radio or checkbox field, with the class of the look."""
    field.field.widget.attrs["class"] = "form-check-input is-invalid" if field.errors else "form-check-input"
    return list(field)


@register.filter
def control(field: BoundField) -> SafeString:
    """The widget of a field with the classes of the look; classes of its own stay."""
    widget = field.field.widget
    if isinstance(widget, widgets.CheckboxInput):
        look = "form-check-input"
    else:
        look = "form-select" if isinstance(widget, widgets.Select) else "form-control"
    classes = [look, "is-invalid" if field.errors else "", widget.attrs.get("class", "")]
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.inclusion_tag("_components/timeline.html")
def timeline(
    phases: Sequence[PhaseSpan], today: date | None = None, marks: Sequence[Mark] = ()
) -> dict[str, Timeline]:
    """``{% timeline phases today=today marks=marks %}``: the plan's picture, see ``core/timeline.py``."""
    return {"timeline": lay_out(phases, today=today, marks=marks)}


@register.simple_tag
def pain_chart(points: Sequence[charts.Point], **options: Any) -> SafeString:
    """``{% pain_chart points title=… expected=… phase_starts=… %}``."""
    return charts.pain_chart(points, **options)


@register.simple_tag
def sparkline(points: Sequence[charts.Point]) -> SafeString:
    """``{% sparkline points %}``: the course inside a table row."""
    return charts.sparkline(points)
