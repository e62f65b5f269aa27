"""docs/hazards.yml promises nothing that no test holds, and says plainly what is not controlled."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {"id", "hazard", "harm", "control", "tests", "status"}
STATUSES = {"controlled", "partly", "open"}
ROWS: list[dict[str, Any]] = yaml.safe_load((ROOT / "docs" / "hazards.yml").read_text(encoding="utf-8"))
SAFETY = (ROOT / "docs" / "clinical-safety.md").read_text(encoding="utf-8")
by_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.get("id", "?"))


@cache
def names_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_numbers_are_used_once() -> None:
    numbers = [row["id"] for row in ROWS]
    assert len(numbers) == len(set(numbers)) > 80
    assert [number for number in numbers if not re.fullmatch(r"[A-F]\d{1,2}", number)] == []
    assert numbers == sorted(numbers, key=lambda number: (number[0], int(number[1:])))


@by_row
def test_a_row_is_complete(row: dict[str, Any]) -> None:
    assert row.keys() - {"left"} == FIELDS
    assert all(str(row[name]).strip() for name in FIELDS - {"tests"})
    assert row["status"] in STATUSES


@by_row
def test_what_is_not_controlled_is_said(row: dict[str, Any]) -> None:
    if row["status"] == "controlled":
        assert row["tests"]
        assert "left" not in row
    else:
        assert len(row["left"]) > 20


@by_row
def test_each_named_test_exists(row: dict[str, Any]) -> None:
    for named in row["tests"]:
        path, _colons, name = named.partition("::")
        assert name.startswith("test_"), named
        assert name in names_of(path), named


@by_row
def test_each_named_file_exists(row: dict[str, Any]) -> None:
    named = re.findall(r"`([\w./-]+)`", row["control"])
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_the_page_for_readers_counts_and_names_them() -> None:
    for status in STATUSES:
        rows = [row["id"] for row in ROWS if row["status"] == status]
        assert f"| {status} | {len(rows)} |" in SAFETY
        if status == "open":
            assert [number for number in rows if f"{number}:" not in SAFETY] == []
