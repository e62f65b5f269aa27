"""From the patient's page to a published plan: how many times the clinician presses or types something.

Walks the pages as a browser without JavaScript does. Each link followed, button pressed and field filled in counts one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from careplans.bench.clinic import TEMPLATE, BenchClinic, make_bench_clinic
from careplans.bench.figures import Figure, at_most
from careplans.library.selectors import approved_templates
from careplans.plans.models import Draft, Plan
from patients.facts import FactCode
from patients.models import Episode
from patients.services import record_fact

MOST_INTERACTIONS = 8
FACTS = (FactCode.HEPATIC_IMPAIRMENT_MILD,)


class Walk:
    """Counts what the clinician does; a page that does not offer the next step ends the walk with an error."""

    def __init__(self, client: Client) -> None:
        self.client, self.count, self.page = client, 0, ""

    def begin(self, address: str) -> None:
        self.page = self.client.get(address).content.decode()

    def follow(self, address: str) -> None:
        if f'href="{address}' not in self.page:
            raise RuntimeError(f"The page has no link to {address}")
        self.count += 1
        self.begin(address)

    def press(self, address: str, *, typed: dict[str, str] | None = None, **given: object) -> None:
        """Press a button of the form that leads to ``address``; what was typed counts beside the press."""
        self.count += 1 + len(typed or {})
        response = self.client.post(address, {**given, **(typed or {})}, follow=True)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
        self.page = response.content.decode()


def measure() -> Iterator[Figure]:
    bench = make_bench_clinic()
    episode = bench.episode()
    for code in FACTS:
        record_fact(patient=episode.patient, code=code, by=bench.clinician, now=bench.now)
    yield at_most(
        "plan from template to published",
        _walk(bench, episode),
        "interactions",
        goal=MOST_INTERACTIONS,
        compared_with="an acute spasm, mild hepatic impairment, the template as it is",
    )


def _walk(bench: BenchClinic, episode: Episode) -> int:
    walk = Walk(bench.client())
    template = approved_templates(bench.clinic).get(template__code=TEMPLATE)
    start = reverse("plan-start", args=[episode.patient_id])
    walk.begin(reverse("patient-detail", args=[episode.patient_id]))
    walk.follow(start)
    walk.press(start, episode=episode.pk, template=template.pk)
    plan = Plan.objects.get(patient=episode.patient)
    _answer_findings(walk, plan)
    publish = reverse("plan-publish", args=[plan.pk])
    walk.follow(publish)
    walk.press(publish, revision=Draft.objects.get(plan=plan).revision)
    if not plan.versions.exists():
        raise RuntimeError("The walk did not end in a published plan")
    return walk.count


def _answer_findings(walk: Walk, plan: Plan) -> None:
    """Acknowledge each caution on the desk, as the clinician must before publishing."""
    while keys := re.findall(r'name="finding"[^>]*value="([^"]+)"', walk.page):
        revision = Draft.objects.get(plan=plan).revision
        walk.press(reverse("finding-decide", args=[plan.pk]), finding=keys[0], revision=revision)
