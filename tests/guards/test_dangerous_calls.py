"""What never stands in the product: SQL and commands put together from text, code from data, files from strangers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("careplans", "patients")
NAMED = r"(raw|extra|RawSQL|eval|exec|system|popen|unsafe_load|pickle|marshal|shelve|dill)"
TEXT = (ast.JoinedStr, ast.BinOp, ast.Call)


def calls() -> Iterator[tuple[str, ast.Call]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_nothing_calls_what_runs_text() -> None:
    assert [where for where, call in calls() if re.fullmatch(NAMED, name_of(call))] == []


def test_no_sql_is_put_together_from_text() -> None:
    found = [
        where
        for where, call in calls()
        if name_of(call) in {"execute", "executemany"} and call.args and isinstance(call.args[0], TEXT)
    ]
    assert found == []


def test_no_command_goes_through_a_shell() -> None:
    assert [where for where, call in calls() for word in call.keywords if word.arg == "shell"] == []


@pytest.mark.parametrize("module", ["pickle", "marshal", "shelve", "xml.etree", "xml.dom"])
def test_what_reads_strange_objects_is_not_imported(module: str) -> None:
    pattern = re.compile(rf"^\s*(import|from) {re.escape(module)}\b", re.MULTILINE)
    found = [
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_only_two_forms_take_a_file() -> None:
    """One for files of a library, one for pictures; both look at what is in them before anything else does."""
    code = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    }
    rooms = "careplans/workshop"
    assert {path for path, text in code.items() if re.search(r"forms\.(File|Image)Field", text)} == {
        f"{rooms}/bundle_forms.py",
        f"{rooms}/picture_forms.py",
    }
    assert {path for path, text in code.items() if "request.FILES" in text} == {
        f"{rooms}/views/bundles.py",
        f"{rooms}/views/component_edit.py",
        "careplans/core/once.py",
    }
    sends = re.compile(r'enctype="multipart|is_multipart=')
    templates = (path for path in (ROOT / "templates").rglob("*.html") if path.parent.name != "_layouts")
    assert {path.name for path in templates if sends.search(path.read_text())} == {
        "library_import.html",
        "component_edit.html",
    }


def test_templates_escape() -> None:
    """A help text is ours and the text part of a mail is no HTML; everything else is escaped."""
    pattern = re.compile(r"\|\s*safe\b|autoescape off")
    found = [
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert set(found) <= {"field_notes.html"}
