"""What the house style says about files, held by tests that can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("careplans", "patients")
# Found by Django or a library under these names.
OVERRIDES = r"(4|5)\d\d\.html|(account|mfa|allauth|django)/"


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text())))


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.django_db
def test_no_migration_is_pending() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_import_stands_inside_a_function() -> None:
    found = []
    for path in modules():
        if path.name == "apps.py":  # where Django itself asks for it: models are not ready before
            continue
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)
            ):
                found.append(f"{path.relative_to(ROOT)}: {node.name}")

    assert found == []


def test_no_assert_guards_state() -> None:
    found = [path for path in modules() if any(isinstance(node, ast.Assert) for node in nodes(path))]

    assert named(found) == []


def test_no_function_is_longer_than_fifty_lines() -> None:
    found = []
    for path in modules():
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.body[0].lineno >= 50:
                found.append(f"{path.relative_to(ROOT)}: {node.name}")

    assert found == []


def test_every_template_is_used() -> None:
    """By a view, another template, or a library that looks for it by its name."""
    templates = ROOT / "templates"
    sources = [*modules(), *templates.rglob("*.html"), *templates.rglob("*.txt")]
    text = "\n".join(path.read_text() for path in sources)
    unused = []
    for path in (path for path in templates.rglob("*") if path.is_file()):
        name = path.relative_to(templates).as_posix()
        # Mails are asked for by the start of their three names, often with their kind put in.
        stem = re.sub(r"(\.subject)?\.(txt|html)$", "", name)
        folder = name.rpartition("/")[0]
        is_used = name in text or f'{stem}"' in text or f"{folder}/{{" in text
        if not is_used and not re.match(OVERRIDES, name):
            unused.append(name)

    assert unused == []
