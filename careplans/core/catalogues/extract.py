"""Messages found in source files by reading Python's own syntax tree; templates go through Django's templatize first."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

from careplans.core.catalogues.covered import ONLY_CLASSES, covered_files

# Name of the call → which of its arguments are context, message, plural.
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


@dataclass(frozen=True)
class Message:
    """``plural`` is empty for a text that does not count anything."""

    context: str
    text: str
    plural: str = ""


def messages_of(root: Path) -> dict[Message, tuple[str, ...]]:
    """Every covered message → the files it stands in."""
    found: dict[Message, list[str]] = {}
    for path in covered_files(root):
        name = path.relative_to(root).as_posix()
        for message in _messages_in(path, ONLY_CLASSES.get(name)):
            places = found.setdefault(message, [])
            if name not in places:
                places.append(name)
    return {message: tuple(places) for message, places in found.items()}


def _messages_in(path: Path, classes: frozenset[str] | None) -> Iterator[Message]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        for call in _calls_in_template(source):
            yield from _messages_below(ast.parse(call, mode="eval"))
        return
    tree = ast.parse(source)
    roots: Iterable[ast.AST] = [tree]
    if classes is not None:
        roots = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name in classes]
    for root in roots:
        yield from _messages_below(root)


def _messages_below(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            context, text, plural = (
                "" if place is None else _text(node, place) for place in CALLS[node.func.id]
            )
            if text:
                yield Message(context, text, plural)


def _text(call: ast.Call, place: int) -> str:
    """A text that is put together at run time cannot be translated: that is a mistake in the source."""
    argument = call.args[place]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise ValueError(f"Line {call.lineno}: only a text written out in full can be translated.")


def _calls_in_template(source: str) -> Iterator[str]:
    """The gettext calls that templatize leaves between its filling."""
    lines = "\n".join(line.strip() for line in templatize(source).splitlines())
    call, depth = "", 0
    for kind, word, *_places in tokenize.generate_tokens(io.StringIO(lines).readline):
        if not call and kind == tokenize.NAME and word in CALLS:
            call, depth = word, 0
        elif call:
            call += word
            depth += {"(": 1, ")": -1}.get(word, 0) if kind == tokenize.OP else 0
            if depth == 0:
                if call.endswith(")"):
                    yield call
                call = ""
