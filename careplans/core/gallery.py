"""One page that shows every component with made-up content, to look at and to test the look against."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from careplans.core.charts import Point
from careplans.core.public import public_page
from careplans.core.timeline import Mark, PhaseSpan

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class SamplePatient:
    name: str = "Marta Lindqvist"
    birth_date: date = date(1968, 3, 14)
    age: int = 58
    record_number: str = "CP-20418"
    language: str = "Swedish"
    email_state: str = "Agreed on 12 Nov"
    phone: str = "+44 20 7946 0123"
    url: str = ""
    allergies: tuple[str, ...] = ("latex",)
    facts: tuple[str, ...] = ("Mild hepatic impairment", "Sits all day at a desk", "Takes an SSRI")


@dataclass(frozen=True)
class SampleFinding:
    severity: str
    subject: str
    message: str
    instead: str = ""
    source: str = ""


@dataclass(frozen=True)
class SampleAlert:
    tier: str
    patient_name: str
    summary: str
    since: datetime
    owner: str = ""
    url: str = "#"


@dataclass(frozen=True)
class SampleRow:
    name: str
    plan: str
    phase: str
    next_check_in: date
    points: list[Point] = field(default_factory=list)


class SampleForm(forms.Form):
    """Every kind of control once; it never validates, so that errors can be seen."""

    name = forms.CharField(label="Name", max_length=5)
    birth_date = forms.DateField(label="Birth date", widget=forms.DateInput(attrs={"type": "date"}))
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("sv", "Swedish")])
    email = forms.EmailField(
        label="E-mail", required=False, help_text="Only used when the patient has agreed."
    )
    consent = forms.BooleanField(label="The patient agrees to check-ins by e-mail", required=False)
    region = forms.ChoiceField(
        label="Where it hurts", choices=[("low", "Low back"), ("neck", "Neck")], widget=forms.RadioSelect
    )
    facts = forms.MultipleChoiceField(
        label="Clinical facts",
        required=False,
        choices=[(str(number), f"Fact number {number}") for number in range(1, 11)],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))


class SampleQuestions(forms.Form):
    """The patient's questions."""

    pain = forms.ChoiceField(
        label="How bad is your pain right now?",
        choices=[(number, str(number)) for number in range(11)],
        widget=forms.RadioSelect,
    )
    numb = forms.ChoiceField(
        label="Do you have numbness between your legs?",
        help_text="The area that would touch a saddle.",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
    )
    done = forms.MultipleChoiceField(
        label="What did you do this week?",
        choices=[("a", "Pelvic tilt"), ("b", "A walk every day"), ("c", "Moist heat before moving")],
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(
        label="Is there anything else you want to tell us?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _phases() -> list[PhaseSpan]:
    start = TODAY - timedelta(days=12)
    names = [
        ("First 48 hours", 2, ""),
        ("Days 2 to 7", 5, ""),
        ("Weeks 1 to 4", 21, "Pain at most 3, half of it done"),
    ]
    spans = []
    for name, days, note in names:
        spans.append(PhaseSpan(name, start, start + timedelta(days=days - 1), note=note))
        start += timedelta(days=days)
    return [*spans, PhaseSpan("Beyond 4 weeks", start, None, note="By decision")]


def _marks() -> list[Mark]:
    days: list[tuple[int, Any, str]] = [(-11, "done", "9 Nov: 7 of 10"), (-8, "done", "12 Nov: 6 of 10")]
    days += [(-4, "missed", "16 Nov: no answer"), (-1, "done", "19 Nov: 4 of 10"), (7, "due", "27 Nov")]
    return [Mark(TODAY + timedelta(days=day), kind, label) for day, kind, label in days]


def _points() -> list[Point]:
    scores: list[tuple[int | None, int | None]] = [(8, 9), (7, 8), (7, 8), (5, 7), (None, None), (None, None)]
    scores += [(4, 6), (3, 5), (4, 6), (1, 3), (0, 2)]
    return [(TODAY + timedelta(days=2 * index - 20), now, worst) for index, (now, worst) in enumerate(scores)]


def _findings() -> list[SampleFinding]:
    return [
        SampleFinding(
            "stop",
            "Cyclobenzaprine, 28 days",
            "Planned for 28 days. There is no adequate evidence beyond two to three weeks.",
            "End the course by day 21, or record why it goes on.",
            "Drug label; Dr.Oracle, 4 Oct 2025",
        ),
        SampleFinding(
            "caution",
            "Cyclobenzaprine",
            "Mild hepatic impairment: levels rise.",
            "Start at 5 mg and titrate slowly.",
            "Drug label",
        ),
        SampleFinding("inform", "TENS", "No benefit over sham was shown.", source="Dr.Oracle"),
    ]


def _alerts(now: datetime) -> list[SampleAlert]:
    return [
        SampleAlert(
            "red_flag", "Marta Lindqvist", "New numbness between the legs", now - timedelta(minutes=12)
        ),
        SampleAlert(
            "worsening", "Ibrahim Çelik", "Pain 4 to 7 since Monday", now - timedelta(hours=3), "Dr Osei"
        ),
        SampleAlert("threshold", "Aoife Brennan", "Pain 8 of 10", now - timedelta(hours=5), "Dr Osei"),
        SampleAlert("side_effect", "Tomás Rivera", "Drowsy all day", now - timedelta(hours=20), "Ana Pires"),
        SampleAlert("silence", "Grace Otieno", "Three check-ins without an answer", now - timedelta(days=2)),
        SampleAlert(
            "wants_call", "يوسف حداد", "Asks to be called after 15:00", now - timedelta(days=2), "Ana Pires"
        ),
    ]


@public_page
def gallery(request: HttpRequest) -> HttpResponse:
    """The page at /gallery/; only where developers and visitors of the demo look."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    messages.success(request, "The plan was published. Three check-ins are scheduled.")
    messages.error(request, "The e-mail could not be queued: the patient has not agreed to e-mail.")
    now = timezone.now()
    points = _points()
    rows = [
        SampleRow("Marta Lindqvist", "Acute spasm after therapy", "Weeks 1 to 4", TODAY, points),
        SampleRow(
            "Ibrahim Çelik", "After spinal surgery", "Early mobility", TODAY + timedelta(days=2), points[:5]
        ),
        SampleRow(
            "Grace Otieno", "Chronic back pain with spasm", "Step 1", TODAY + timedelta(days=5), points[4:]
        ),
    ]
    context = {
        "title": "Every piece of the look",
        "patient": SamplePatient(),
        "form": SampleForm({"name": "Marta Lindqvist", "email": "marta@", "language": "sv", "consent": "on"}),
        "plain_form": SampleForm(initial={"language": "sv", "region": "low"}, prefix="plain"),
        "questions": SampleQuestions(prefix="q"),
        "phases": _phases(),
        "marks": _marks(),
        "today": TODAY,
        "points": points,
        "expected": [(points[0][0], 7.5), (points[4][0], 5.0), (points[-1][0], 2.0)],
        "phase_starts": [phase.starts_on for phase in _phases()[1:]],
        "findings": _findings(),
        "alerts": _alerts(now),
        "rows": rows,
        "page_obj": Paginator(range(95), 25).get_page(2),
        "facts": [("Diagnosis", "Back spasm after therapy"), ("Began", "8 Nov 2026"), ("Surgery", "None")],
    }
    return render(request, "core/gallery.html", context)
