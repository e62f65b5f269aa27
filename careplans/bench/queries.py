"""How often pages ask the database, at two sizes of a clinic: the number must not grow with it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.bench.clinic import BenchClinic, make_bench_clinic
from careplans.bench.figures import Figure, at_most
from patients.models import Patient

SIZES = (40, 400)
MOST_QUERIES = 10


def measure() -> Iterator[Figure]:
    bench, made = make_bench_clinic(), 0
    smaller: dict[str, int] = {}
    for size in SIZES:
        bench.fill(size - made)
        made = size
        for page, address in _addresses(bench).items():
            queries = _queries(bench.client(), address)
            yield at_most(
                f"{page} queries at {size} patients",
                queries,
                "queries",
                goal=MOST_QUERIES,
                compared_with=_words(smaller.get(page)),
            )
            smaller[page] = queries


def _words(at_smaller: int | None) -> str:
    if at_smaller is None:
        return "nothing: the smaller of the two sizes"
    return f"the same page at {SIZES[0]} patients: {at_smaller} queries"


def _addresses(bench: BenchClinic) -> dict[str, str]:
    latest = Patient.objects.of(bench.clinic).latest("created_at")
    return {"worklist": reverse("worklist"), "patient page": reverse("patient-detail", args=[latest.pk])}


def _queries(client: Client, address: str) -> int:
    """Of the second visit: the first one also writes the session's first look."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return len(captured)
