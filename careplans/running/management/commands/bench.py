"""``manage.py bench [NAME…] [--json]``: measures what the product promises, in a temporary database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from careplans.bench.figures import Figure
from careplans.bench.place import temporary_place
from careplans.bench.registry import BENCHMARKS

HEADINGS = ("figure", "value", "unit", "goal", "holds", "runs", "compared with")


class Command(BaseCommand):
    help = "Measure the product's promises. Ends with 1 when one of them does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["names"] or list(BENCHMARKS)
        unknown = sorted(set(names) - set(BENCHMARKS))
        if unknown:
            self.stderr.write(
                f"No benchmark is called {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}."
            )
            raise SystemExit(2)
        figures = []
        for name in names:
            if not options["json"]:
                self.stderr.write(f"Measuring {name} …")
            with temporary_place():
                for figure in BENCHMARKS[name]():
                    figures.append(figure)
                    if options["json"]:
                        self.stdout.write(json.dumps(figure.as_json()))
        if not options["json"]:
            self.stdout.write(table(figures))
        if not all(figure.holds for figure in figures):
            raise SystemExit(1)


def table(figures: list[Figure]) -> str:
    """Columns as wide as their longest word."""
    rows = [HEADINGS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    holds = "yes" if figure.holds else "NO"
    value = f"{figure.value:g}"
    return (figure.figure, value, figure.unit, figure.goal, holds, str(figure.runs), figure.compared_with)
