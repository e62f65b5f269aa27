"""Every benchmark by name; a new one joins here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from careplans.bench import interactions, pdf, queries, recall, search
from careplans.bench.figures import Figure

Benchmark = Callable[[], Iterator[Figure]]

BENCHMARKS: dict[str, Benchmark] = {
    "pdf": pdf.measure,
    "plan-interactions": interactions.measure,
    "page-queries": queries.measure,
    "library-search-10000": search.measure,
    "recall-100000": recall.measure,
}
