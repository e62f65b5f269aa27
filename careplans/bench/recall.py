"""Who is concerned by a recall among 100,000 running plans, on the page that asks it and on the worklist.

Two components are recalled one after the other: one that each hundredth plan holds, then one that all hold.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db import connection
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Membership, User
from careplans.accounts.permissions import Role
from careplans.bench.clinic import BenchClinic, make_bench_clinic
from careplans.bench.figures import Figure, at_most, median, seconds_of
from careplans.bench.search import copied
from careplans.core.models import new_uuid
from careplans.library.models import Component, ComponentVersion
from careplans.library.recall import recall_component
from careplans.library.selectors import approved_components
from careplans.plans.models import Draft, Holding, Plan, PlanVersion
from careplans.worklist.selectors import Scope, plans_of
from patients.models import Episode, Patient

PLANS = 100_000
RUNS = 3
MOST_SECONDS = 2.0
AT_ONCE = 500
EACH = 100
# Far from now, so that the worklist lists a plan because of the recall alone.
RUNS_FOR = timedelta(days=60)


def measure(plans: int = PLANS) -> Iterator[Figure]:
    bench = make_bench_clinic()
    everybody, few = fill(bench, plans)
    client, reviewer = bench.client(), _reviewer(bench)
    for held_by, component in (("each hundredth plan", few), ("all plans", everybody)):
        recall_component(component=component, reason="Recalled to be measured.", by=reviewer, now=bench.now)
        concerned = Holding.objects.filter(component_version__component=component).count()
        for where, action in (
            (
                "page of whom it concerns",
                partial(_open, client, reverse("component-use", args=[component.pk])),
            ),
            ("worklist's section", partial(_list, bench)),
        ):
            action()  # warmed up: the first page of a process reads templates
            taken = seconds_of(action, runs=RUNS)
            yield at_most(
                f"recall-{plans}, held by {held_by}: {where}, median",
                median(taken),
                "s",
                goal=MOST_SECONDS,
                compared_with=f"{concerned} plans concerned; the slowest run took {max(taken):.2f} s",
                runs=RUNS,
            )


def fill(bench: BenchClinic, number: int) -> tuple[Component, Component]:
    """``number`` running plans of as many patients, and the two components: which all hold, and each hundredth."""
    first = bench.published()
    held = list(Holding.objects.filter(version=first).values_list("component_version", flat=True))
    rare = approved_components(bench.clinic).exclude(pk__in=held).earliest("component__code")
    Plan.objects.filter(pk=first.plan_id).update(ends_on=bench.now.date() + RUNS_FOR)
    for start in range(1, number, AT_ONCE):
        _copy(PlanVersion.objects.get(pk=first.pk), range(start, min(start + AT_ONCE, number)), held, rare)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a database does by itself after a while
    return ComponentVersion.objects.select_related("component").get(pk=held[0]).component, rare.component


def _copy(first: PlanVersion, numbers: range, held: list[uuid.UUID], rare: ComponentVersion) -> None:
    patients, episodes, plans, drafts, versions, holdings = [], [], [], [], [], []
    for number in numbers:
        patients.append(
            copied(
                first.plan.patient,
                record_number=f"C{number:06}",
                family_name=f"Copied {number * 7919 % 100_003}",
                email="",
                email_consent_at=None,
                email_consent_by_id=None,
            )
        )
        episodes.append(copied(first.plan.episode, patient_id=patients[-1].pk))
        plans.append(copied(first.plan, patient_id=patients[-1].pk, episode_id=episodes[-1].pk))
        drafts.append(copied(first.draft, plan_id=plans[-1].pk))
        links = {"link_nonce": f"{number}", "link_token_hash": f"{number}"}
        # Neither page reads documents; 100,000 whole ones would not fit into a small machine.
        belongs = {"plan_id": plans[-1].pk, "draft_id": drafts[-1].pk, "document_data": {}}
        versions.append(copied(first, **belongs, **links))
        of = [*held, rare.pk] if number % EACH == 0 else held
        holdings += [
            Holding(pk=new_uuid(), plan=plans[-1], version=versions[-1], component_version_id=pk) for pk in of
        ]
    Patient.objects.bulk_create(patients)
    Episode.objects.bulk_create(episodes)
    Plan.objects.bulk_create(plans)
    Draft.objects.bulk_create(drafts)
    PlanVersion.objects.bulk_create(versions)
    Holding.objects.bulk_create(holdings)


def _reviewer(bench: BenchClinic) -> User:
    person = User.objects.create_user(email="reviewer@clinic.example", name="Rea Reviewer")
    Membership.objects.create(user=person, clinic=bench.clinic, role=Role.REVIEWER)
    return person


def _open(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")


def _list(bench: BenchClinic) -> None:
    if not plans_of(Scope(bench.clinic, bench.now)):
        raise RuntimeError("The worklist names no plan")
