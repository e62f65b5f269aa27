"""Finding among 10,000 components, for somebody who sees drafts too: the heaviest page there is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.bench.clinic import BenchClinic, make_bench_clinic
from careplans.bench.figures import Figure, at_most, median, seconds_of
from careplans.core.models import new_uuid
from careplans.library.models import Component, ComponentText, ComponentVersion
from careplans.library.search import equipment_in, found, index_components
from careplans.workshop.finding import lines_of, page_of
from careplans.workshop.forms import FindForm

COMPONENTS = 10_000
RUNS = 15
MOST_MILLISECONDS = 100
AT_ONCE = 500
# What is asked, and what is known about the answer.
QUESTIONS: dict[str, dict[str, str]] = {
    "everything, first page": {},
    "a word that nearly all hold, first page": {"q": "your"},
    "two words, best titles first": {"q": "pelvic tilt"},
    "a word within filters": {"q": "warm", "region": "low_back", "state": "approved"},
    "a word in Arabic": {"q": "الظهر"},
    "a word that none holds": {"q": "zzqxv"},
}


def measure() -> Iterator[Figure]:
    """Of each question what finding takes, and the whole page with it."""
    bench = make_bench_clinic()
    fill(bench.clinic, COMPONENTS)
    client = keeper_of(bench)
    for name, asked in QUESTIONS.items():
        number = _ask(client, asked)  # warmed up: the first page of a process reads templates
        for what, action in (
            ("found", partial(_find, bench.clinic, asked)),
            ("page", partial(_ask, client, asked)),
        ):
            taken = seconds_of(action, runs=RUNS)
            yield at_most(
                f"library-search-{COMPONENTS}, {name}: {what}, median",
                median(taken) * 1000,
                "ms",
                goal=MOST_MILLISECONDS,
                compared_with=f"{number} found; the slowest run took {max(taken) * 1000:.0f} ms",
                runs=RUNS,
            )


def _find(clinic: Clinic, asked: dict[str, str]) -> None:
    """What the view does but for drawing the page: the rows of the first page, ready to be shown."""
    today = timezone.localdate()
    form = FindForm(asked, equipment=equipment_in(clinic, for_keepers=True), for_keepers=True)
    rows = found(clinic, form.question, for_keepers=True, today=today)
    page = page_of(rows, None, is_narrowed=form.is_narrowed)
    lines_of(page, for_keepers=True, today=today)


def keeper_of(bench: BenchClinic) -> Client:
    """The browser of somebody who writes and reviews: every row there is, and the heaviest page."""
    person = User.objects.create_user(email="keeper@clinic.example", name="Kit Keeper")
    for role in (Role.EDITOR, Role.REVIEWER):
        Membership.objects.create(user=person, clinic=bench.clinic, role=role)
    client = Client()
    client.force_login(person)
    return client


def fill(clinic: Clinic, number: int) -> None:
    """Copies of the starter's components with numbered titles, each with the texts of two others mixed in."""
    there = list(ComponentVersion.objects.of(clinic).select_related("component").prefetch_related("texts"))
    texts = cycle([text for version in there for text in version.texts.all()])
    sources = list(islice(cycle(there), number - len(there)))
    for start in range(0, len(sources), AT_ONCE):
        _copy(clinic, sources[start : start + AT_ONCE], start, texts)


def _copy(clinic: Clinic, versions: list[ComponentVersion], start: int, others: Any) -> None:
    components, copies, texts = [], [], []
    for number, version in enumerate(versions, start=start):
        of = version.component
        component = Component(clinic=clinic, code=f"{of.code[:48]}-{number}", category=of.category)
        copy = copied(version, component_id=component.pk)
        components.append(component)
        copies.append(copy)
        for text in version.texts.all():
            changed = {"version_id": copy.pk, "title": f"{text.title[:100]} {number}"}
            texts.append(copied(text, **changed, feel=next(others).why, watch_for=next(others).why))
    Component.objects.bulk_create(components)
    ComponentVersion.objects.bulk_create(copies)
    ComponentText.objects.bulk_create(texts)
    index_components([component.pk for component in components])


def copied(row: Any, **changes: Any) -> Any:
    """The same row under a key of its own, not stored yet."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**(values | {"id": new_uuid()} | changes))


def _ask(client: Client, asked: dict[str, str]) -> int:
    """How many were found."""
    response = client.get(reverse("library"), asked)
    if response.status_code != 200:
        raise RuntimeError(f"The library answered {response.status_code}")
    count: int = response.context["page_obj"].paginator.count
    return count
