"""Markdown kept to what a handout can print: strong and emphasised words, and simple lists in longer texts. Pure.

Nothing that was written is lost: marks that cannot be printed go, their words stay. What is no mark beyond doubt is
printed as typed: a dose of "2*4*6" must not lose its signs. Tags are written here and nowhere else, so that none can
come from a text, and the cleaner goes over the result once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

INLINE_TAGS = frozenset({"strong", "em"})
BLOCK_TAGS = INLINE_TAGS | {"p", "br", "ul", "ol", "li"}
# Lists within lists: beyond it nobody meant one, and the reader would give up and lose words.
DEEPEST = 12
# Without one of these a line is printed as it stands, which is nearly always.
_MARKS = re.compile(r"[*_`\[<\\~#]")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")
# Other words in angle brackets are no mark: "<your name>".
_HTML = nh3.ALLOWED_TAGS | {
    "audio", "base", "body", "button", "embed", "font", "form", "head", "html", "iframe", "input", "link", "main", "meta",
    "object", "option", "script", "section", "select", "source", "style", "svg", "textarea", "title", "u", "video",
}  # fmt: skip
_SAID_BY_OPENING = ("strong_open", "strong_close", "em_open", "em_close")


def printable(text: str) -> SafeString:
    """One line or paragraph of a text: strong and emphasised words, everything else as plain words."""
    if not _MARKS.search(text):
        return escape(text)
    return _cleaned(_inline(text), INLINE_TAGS)


def printable_block(text: str) -> SafeString:
    """A longer text: paragraphs, lines, simple lists, strong and emphasised words."""
    return _cleaned("".join(_blocks(text.strip())), BLOCK_TAGS) if text.strip() else SafeString("")


def plain(text: str) -> str:
    """The words alone, for titles, mails and searching."""
    if not _MARKS.search(text):
        return text
    return "".join(_words(token) for token in _tokens(text))


def dropped_by(text: str, *, with_lists: bool = False) -> list[str]:
    """What of it the handout does not print, each once and in plain words; ``with_lists``: lists are printed."""
    found = {_kind(token) for token in _everything(_full.parse(text))}
    if with_lists:
        found.discard("list")
    return [words for kind, words in _not_printed().items() if kind in found]


def _not_printed() -> dict[str, str]:
    return {
        "link": _("links: only their words are printed"),
        "image": _("pictures: only their description is printed"),
        "heading": _("headings: they are printed as plain words"),
        "table": _("tables: they are printed as they were typed"),
        "code": _("code: it is printed as plain words"),
        "struck": _("words struck through: they are printed as plain words"),
        "rule": _("lines across the page: they are printed as they were typed"),
        "html": _("HTML: its tags are printed as they were typed"),
        "list": _("lists: write one thing in each sentence, or use the steps"),
    }


def _not_inside_words(state: StateInline, silent: bool) -> bool:
    """Emphasis, but never by a sign between letters or digits: "10*10" and "2*4 to 3*6" are numbers."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = state.scanDelims(state.pos, False)
    for _number in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open,
                close=scanned.can_close,
            )
        )
    state.pos += scanned.length
    return True


def _reader(preset: str, *more: str) -> MarkdownIt:
    reader = MarkdownIt(preset, {"html": True}).enable(list(more))
    reader.inline.ruler.at("emphasis", _not_inside_words)
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # no address is printed, whatever it is
    return reader


_INLINE_RULES = ("newline", "escape", "backticks", "emphasis", "link", "image", "autolink", "html_inline")
_printed = _reader("zero", "list", "heading", "fence", "strikethrough", *_INLINE_RULES, "balance_pairs")
_full = _reader("commonmark", "table", "strikethrough").disable(["code", "blockquote", "entity", "lheading"])


def _cleaned(html: str, tags: Iterable[str]) -> SafeString:
    if "<" not in html:  # escaped words alone
        return SafeString(html)
    return mark_safe(nh3.clean(html, tags=set(tags), attributes={}, link_rel=None))  # noqa: S308  # cleaned here


def _tokens(text: str) -> Sequence[Token]:
    return _printed.parseInline(text)[0].children or ()


def _inline(text: str) -> str:
    return "".join(_html(token) for token in _tokens(text))


def _html(token: Token) -> str:
    if token.type in _SAID_BY_OPENING:
        return f"<{'/' * (token.nesting < 0)}{token.tag}>"
    return escape(_words(token))


def _words(token: Token) -> str:
    match token.type:
        case "text" | "code_inline" | "html_inline":
            return token.content  # a tag is words like any other: escaped, and not lost
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return "".join(_words(child) for child in token.children or ())
    return ""


def _is_html(content: str) -> bool:
    tag = _TAG.match(content)
    return tag is None or tag[1].lower() in _HTML


def _blocks(text: str) -> Iterator[str]:
    """Each block as HTML; a list that is none beyond doubt stays as it was typed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens, lines = _printed.parse(text), text.split("\n")
    if any(token.level > DEEPEST for token in tokens):
        yield _paragraph(text)
        return
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type.endswith("_list_open"):
            after = _end_of(tokens, place)
            if token.level == 0 and token.map and not _is_list(tokens[place:after]):
                yield _paragraph("\n".join(lines[slice(*token.map)]))
                place = after
                continue
        yield _block(tokens, place)
        place += 1


def _block(tokens: Sequence[Token], place: int) -> str:
    token = tokens[place]
    match token.type:
        case "inline":
            is_bare = tokens[place - 1].hidden  # in a list whose items stand close together
            return _lines(token.content) if is_bare else _paragraph(token.content)
        case "fence":
            return _paragraph(token.content)
        case "bullet_list_open" | "ordered_list_open" | "list_item_open":
            return f"<{token.tag}>"
        case "bullet_list_close" | "ordered_list_close" | "list_item_close":
            return f"</{token.tag}>"
    return ""


def _paragraph(text: str) -> str:
    return f"<p>{_lines(text)}</p>"


def _lines(text: str) -> str:
    return _inline(text.strip()).replace("\n", "<br>")


def _end_of(tokens: Sequence[Token], place: int) -> int:
    """The place after the token that closes this one."""
    level, closed_by = tokens[place].level, tokens[place].type.replace("_open", "_close")
    return next(
        after
        for after, token in enumerate(tokens[place:], start=place + 1)
        if token.level == level and token.type == closed_by
    )


def _is_list(tokens: Sequence[Token]) -> bool:
    """Bullets or numbers that count from 1, each item with words: a number that stands for itself must not change."""
    if any(token.type == "bullet_list_open" and token.markup == "+" for token in tokens):
        return False
    expected: list[int] = []
    for before, token in pairwise(tokens):
        if token.type == "list_item_close" and before.type == "list_item_open":
            return False
    for token in tokens:
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                expected.append(1)
            case "ordered_list_close" | "bullet_list_close":
                expected.pop()
            case "list_item_open":
                if token.info and token.info != str(expected[-1]):
                    return False
                expected[-1] += 1
    return True


def _everything(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _everything(token.children or ())


def _kind(token: Token) -> str:
    match token.type:
        case "link_open":
            return "link"
        case "image":
            return "image"
        case "heading_open":
            return "heading"
        case "table_open":
            return "table"
        case "code_inline" | "fence":
            return "code"
        case "s_open":
            return "struck"
        case "hr":
            return "rule"
        case "html_inline" | "html_block" if _is_html(token.content.strip()):
            return "html"
        case "bullet_list_open" | "ordered_list_open":
            return "list"
    return ""
