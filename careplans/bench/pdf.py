"""The handout: made once, then handed out from the store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.test import Client
from django.urls import reverse

from careplans.bench.clinic import make_bench_clinic
from careplans.bench.figures import Figure, at_most, median, seconds_of
from careplans.handouts.render import warm_up

FIRST_RUNS, STORED_RUNS = 5, 50


def measure() -> Iterator[Figure]:
    warm_up()  # as the server does when it starts
    bench = make_bench_clinic()
    client = bench.client()
    addresses = [reverse("handout-pdf", args=[bench.published().handout.pk]) for _run in range(FIRST_RUNS)]
    # The very first may meet a process that is still warming up, so it is the worst of them that counts.
    first = [seconds_of(partial(_open, client, address), runs=1)[0] for address in addresses]
    stored = seconds_of(partial(_open, client, addresses[0]), runs=STORED_RUNS)
    yield at_most(
        "pdf first rendering, slowest",
        max(first),
        "s",
        goal=1.5,
        compared_with="a clinician waiting",
        runs=FIRST_RUNS,
    )
    yield at_most(
        "pdf stored, median",
        median(stored) * 1000,
        "ms",
        goal=50,
        compared_with="its first rendering",
        runs=STORED_RUNS,
    )


def _open(client: Client, address: str) -> None:
    response = client.get(address)
    if response.headers["Content-Type"] != "application/pdf":
        raise RuntimeError(f"{address} gave no PDF but status {response.status_code}")
